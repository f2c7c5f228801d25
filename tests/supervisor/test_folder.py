"""A data folder is private, and one supervisor's at a time."""

import stat
from pathlib import Path

import pytest

from app.supervisor import run_file
from app.supervisor.errors import FolderTaken, FolderUnusable
from app.supervisor.folder import held
from app.supervisor.run_file import Run


def test_a_folder_is_made_with_its_parents_and_is_ours_alone(tmp_path: Path) -> None:
    with held(tmp_path / "a/b") as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_held_folder_is_refused_with_where_its_holder_is(tmp_path: Path) -> None:
    run_file.write(tmp_path, Run("http://127.0.0.1:8123", "", "", {"supervisor": 4711}))
    with held(tmp_path), pytest.raises(FolderTaken, match=r"http://127.0.0.1:8123 \(process 4711\)"):
        held(tmp_path).__enter__()


def test_a_folder_is_free_again_when_its_holder_is_done(tmp_path: Path) -> None:
    with held(tmp_path):
        pass
    with held(tmp_path) as folder:
        assert folder == tmp_path


@pytest.mark.parametrize("unusable", ["file/data", "file"])
def test_a_path_that_is_no_folder_is_refused_with_what_to_do(tmp_path: Path, unusable: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderUnusable, match="choose a folder of yours with --data"):
        held(tmp_path / unusable).__enter__()
