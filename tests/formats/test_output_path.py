import os
import stat

import pytest

from algesia.errors import FileInputError
from algesia.formats.output_path import check_output_path, replace_file, replace_folder


def left_in(folder):
    return sorted(entry.name for entry in folder.iterdir())


def half_a_file(path, stop):
    with replace_file(path, force=True) as part:
        part.write_text("half")
        raise stop


def half_a_folder(path):
    with replace_folder(path, force=True, mark="mark") as part:
        (part / "mark").write_text("half")
        raise KeyboardInterrupt


def test_a_file_appears_whole_and_nothing_is_left_beside_it(tmp_path):
    with replace_file(tmp_path / "a.txt", force=False) as part:
        part.write_text("all of it")
        assert part.parent == tmp_path
        assert not (tmp_path / "a.txt").exists()
    assert (tmp_path / "a.txt").read_text() == "all of it"
    assert left_in(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("stop", [ValueError("broken"), KeyboardInterrupt()])
def test_a_failure_or_control_c_leaves_the_old_file_and_nothing_else(tmp_path, stop):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(type(stop)):
        half_a_file(tmp_path / "a.txt", stop)
    assert (tmp_path / "a.txt").read_text() == "old"
    assert left_in(tmp_path) == ["a.txt"]


def test_a_full_disk_is_told_in_one_line(tmp_path):
    with (
        pytest.raises(FileInputError, match=r"a\.txt cannot be written: No space left"),
        replace_file(tmp_path / "a.txt", force=False),
    ):
        raise OSError(28, "No space left on device")
    assert left_in(tmp_path) == []


def test_an_existing_file_is_kept_unless_replacing_it_is_asked_for(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(FileInputError, match="exists already; pass force=True"):
        check_output_path(tmp_path / "a.txt", force=False)
    with replace_file(tmp_path / "a.txt", force=True) as part:
        part.write_text("new")
    assert (tmp_path / "a.txt").read_text() == "new"


def test_a_new_file_can_be_read_by_those_the_umask_allows(tmp_path):
    before = os.umask(0o022)
    try:
        with replace_file(tmp_path / "a.txt", force=False):
            pass
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o644


def test_a_missing_folder_a_folder_and_a_null_byte_are_refused(tmp_path):
    with pytest.raises(FileInputError, match="there is no folder"):
        check_output_path(tmp_path / "none" / "a.txt", force=False)
    with (
        pytest.raises(FileInputError, match="is a folder; expected the name of a file"),
        replace_file(tmp_path, force=True),
    ):
        pass
    with pytest.raises(FileInputError, match="names no file"):
        check_output_path(f"{tmp_path}/a\0b", force=False)


def test_a_folder_that_may_not_be_written_is_refused(tmp_path, monkeypatch):
    # The tests may run as root, who may write anywhere; the question itself is answered no.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(FileInputError, match="is not writable; expected one that is"):
        check_output_path(tmp_path / "a.txt", force=False)


def test_a_folder_is_replaced_only_if_it_is_of_the_same_kind(tmp_path):
    target = tmp_path / "a.zarr"
    target.mkdir()
    (target / "thesis.tex").write_text("years of work")
    with (
        pytest.raises(FileInputError, match=r"is not a folder with a zarr\.json"),
        replace_folder(target, force=True, mark="zarr.json"),
    ):
        pass
    assert left_in(target) == ["thesis.tex"]


def test_a_failure_leaves_the_old_folder_and_nothing_else(tmp_path):
    target = tmp_path / "a.zarr"
    for text in ("old", "new"):
        with replace_folder(target, force=text == "new", mark="mark") as part:
            (part / "mark").write_text(text)
    assert (target / "mark").read_text() == "new"
    with pytest.raises(KeyboardInterrupt):
        half_a_folder(target)
    assert (target / "mark").read_text() == "new"
    assert left_in(tmp_path) == ["a.zarr"]
