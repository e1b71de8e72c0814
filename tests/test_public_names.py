"""The public names: one list in the package, one page in the docs, each with an example."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import algesia as al

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "public_names.md"
MOST_NAMES = 40
HEAVY = (
    "pint", "sympy", "numba", "scipy", "polars", "matplotlib", "pydantic", "typer", "numpy",
    "rich", "pyarrow", "zarr", "xarray",
)  # fmt: skip


def sections() -> dict[str, str]:
    """Body of each section of the page by the public name it is about."""
    parts = re.split(r"^### `(\w+)`$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def example_of(body: str) -> str:
    (code,) = re.findall(r"^```python\n(.*?)^```$", body, flags=re.MULTILINE | re.DOTALL)
    return code


def test_the_page_and_the_package_list_the_same_names():
    assert sorted(sections()) == sorted(al.__all__)
    assert len(al.__all__) <= MOST_NAMES


def test_every_name_has_a_line_in_words_before_its_example():
    for name, body in sections().items():
        words = body.partition("```")[0].strip()
        assert words.endswith("."), name
        assert "\n" not in words, name


def test_every_example_ends_with_a_fact_and_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"al": al}
    for name, body in sections().items():
        code = example_of(body)
        assert "assert" in code or name == "write_result", name
        exec(compile(code, f"example of {name}", "exec"), names)  # noqa: S102 - our own page
    assert (tmp_path / "infusion.parquet").is_file()


@pytest.mark.parametrize("name", sorted(al.__all__))
def test_every_name_can_be_loaded(name):
    assert getattr(al, name) is not None
    assert name in dir(al)


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'algesia' has no attribute 'runn'"):
        al.runn  # noqa: B018 - the access is what fails


def test_importing_the_package_loads_nothing_heavy():
    code = f"import sys, algesia; print([m for m in {HEAVY} if m in sys.modules])"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "[]\n"


def test_a_public_name_is_never_hidden_by_a_package_of_the_same_name():
    rooms = {path.name for path in Path(al.__file__).parent.iterdir() if path.is_dir()}
    assert not rooms & set(al.__all__)
