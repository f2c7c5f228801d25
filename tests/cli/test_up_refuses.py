"""What `foldbase up` can not do is told in one line that says what to do."""

from pathlib import Path
from subprocess import CompletedProcess

import pytest

from app.embedded.binaries import REDIS_SERVER
from tests.cli.conftest import Use
from tests.deployments import Up, foldbase, free_port


def told(refused: CompletedProcess[str]) -> str:
    """The one line of a refusal."""
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.startswith("foldbase: ")
    assert refused.stderr.count("\n") == 1
    return refused.stderr


def test_a_second_up_on_a_folder_is_told_where_the_first_one_is(running: Up) -> None:
    line = told(foldbase("up", "--data", str(running.folder), "--port", str(free_port())))
    assert f"already runs on {running.folder} at {running.run['api']}" in line
    assert "another --data" in line
    assert running.run["pids"]["supervisor"] == running.process.pid


def test_a_taken_port_is_told_before_anything_is_started(running: Up, tmp_path: Path) -> None:
    port = running.run["api"].rpartition(":")[2]
    assert "choose another --port" in told(foldbase("up", "--data", str(tmp_path), "--port", port))
    assert [each.name for each in tmp_path.iterdir()] == ["lock"]


def test_a_folder_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = told(foldbase("up", "--data", str(tmp_path / "file/data"), "--port", str(free_port())))
    assert "choose a folder of yours with --data" in line


def test_a_missing_shared_library_is_told_by_name_and_nothing_is_left_running(tmp_path: Path) -> None:
    broken = tmp_path / "bin/redis-server"
    broken.parent.mkdir()
    broken.write_bytes(REDIS_SERVER.find().read_bytes().replace(b"libstdc++.so.6\0", b"libcurl.so.4.9\0"))
    broken.chmod(0o755)
    data = tmp_path / "data"
    line = told(foldbase("up", "--data", str(data), "--port", str(free_port()), PATH=str(broken.parent)))
    assert "libcurl.so.4.9" in line
    assert not (data / "run.json").exists()


def test_an_unusable_key_is_told_without_showing_it(tmp_path: Path) -> None:
    line = told(
        foldbase("up", "--data", str(tmp_path), "--port", str(free_port()), FOLDBASE_TOKEN_KEY="c2hvcnQ")
    )
    assert "token key has 5 bytes" in line
    assert "c2hvcnQ" not in line


def test_what_keeps_the_api_from_starting_is_told_in_its_own_words(running: Up, tmp_path: Path) -> None:
    servers = {"FOLDBASE_MONGO_URL": running.run["mongo"], "FOLDBASE_REDIS_URL": running.run["redis"]}
    port = str(free_port())
    line = told(foldbase("up", "--data", str(tmp_path), "--port", port, FOLDBASE_PARTITIONS="4", **servers))
    assert "partition" in line
    assert ".log" in line


def test_every_unusable_setting_is_told_at_once(tmp_path: Path) -> None:
    line = told(foldbase("up", "--data", str(tmp_path), FOLDBASE_PARTITIONS="0", FOLDBASE_DATABASE="a b"))
    assert "FOLDBASE_PARTITIONS" in line
    assert "FOLDBASE_DATABASE" in line


@pytest.mark.parametrize(
    "wrong", [["--port", "0"], ["--port", "65536"], ["--port", "x"], ["--workers", "0"], ["extra"]]
)
def test_wrong_usage_is_exit_code_two(used: Use, wrong: list[str]) -> None:
    code, told = used("up", *wrong)
    assert code == 2
    assert "foldbase up [OPTIONS]" in told


def test_wrong_usage_ends_the_process_with_exit_code_two_and_how_to_use_it() -> None:
    refused = foldbase("up", "--nope")
    assert refused.returncode == 2
    assert "Usage: foldbase up" in refused.stderr
