"""run.json says where the servers are, to us alone, and is never half there."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from app.supervisor import run_file
from app.supervisor.run_file import Run

RUN = Run(
    api="http://127.0.0.1:8000",
    mongo="mongodb://127.0.0.1:27017/?replicaSet=foldbase",
    redis="unix:///data/redis/redis.sock",
    pids={"supervisor": 1, "mongod": 2, "redis-server": 3, "projector": [4], "api": [5, 6]},
    started={"1": "100"},
    partitions=4,
)


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    run_file.write(tmp_path, RUN)
    assert run_file.read(tmp_path) == RUN
    assert RUN.supervisor == 1


def test_the_file_has_the_keys_other_programs_rely_on_and_is_ours_alone(tmp_path: Path) -> None:
    run_file.write(tmp_path, RUN)
    written = tmp_path / "run.json"
    assert {"api", "mongo", "redis", "pids"} <= json.loads(written.read_text()).keys()
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


def test_a_second_write_replaces_the_first_and_leaves_no_draft(tmp_path: Path) -> None:
    run_file.write(tmp_path, RUN)
    run_file.write(tmp_path, replace(RUN, api="http://127.0.0.1:9000"))
    assert [each.name for each in tmp_path.iterdir()] == ["run.json"]
    assert run_file.read(tmp_path) == replace(RUN, api="http://127.0.0.1:9000")


@pytest.mark.parametrize("left", ["", "{", "[]", "null", '{"api": "http://x"}'])
def test_a_file_nobody_can_use_counts_as_none(tmp_path: Path, left: str) -> None:
    (tmp_path / "run.json").write_text(left)
    assert run_file.read(tmp_path) is None


def test_no_file_counts_as_none_and_removing_it_twice_is_silent(tmp_path: Path) -> None:
    run_file.write(tmp_path, RUN)
    run_file.remove(tmp_path)
    run_file.remove(tmp_path)
    assert run_file.read(tmp_path) is None
