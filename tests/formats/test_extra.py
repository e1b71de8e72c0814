import sys

import pytest

from algesia.errors import MissingExtraError
from algesia.formats.extra import import_extra


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("polars", "polars is not installed; run: pip install 'algesia[tables]'"),
        ("pyarrow.parquet", "pyarrow is not installed; run: pip install 'algesia[tables]'"),
        ("zarr", "zarr is not installed; run: pip install 'algesia[arrays]'"),
        ("xarray", "xarray is not installed; run: pip install 'algesia[arrays]'"),
        ("matplotlib.figure", "matplotlib is not installed; run: pip install 'algesia[plots]'"),
    ],
)
def test_an_absent_package_is_answered_with_the_line_that_installs_it(
    monkeypatch, hide_package, module, line
):
    hide_package(module.partition(".")[0])
    with pytest.raises(MissingExtraError) as raised:
        import_extra(module)
    assert str(raised.value) == line


def test_an_error_inside_a_package_that_is_there_is_not_mistaken_for_its_absence(
    tmp_path, monkeypatch
):
    (tmp_path / "lame_package.py").write_text("import no_such_dependency\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="no_such_dependency"):
        import_extra("lame_package")
    assert "lame_package" not in sys.modules
