"""A server that can not run is told in one line that says what to do."""

import os
from pathlib import Path

import pytest

from app.embedded import Mongod, RedisServer, Running, ServerUnavailable, start
from app.embedded.binaries import MONGOD, REDIS_SERVER, Program


def told_by_starting(server: Mongod | RedisServer) -> str:
    with pytest.raises(ServerUnavailable) as caught:
        start(server)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_missing_program_names_the_extra_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    absent = Program(names=("mongod",), wheels=(("no-such-wheel", "bin/mongod"),), package="MongoDB")
    with pytest.raises(ServerUnavailable, match=r'pip install "foldbase\[embedded\]"'):
        absent.find()


def test_a_program_on_path_comes_before_the_one_in_a_wheel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine = tmp_path / "valkey-server"
    mine.symlink_to(REDIS_SERVER.find())
    monkeypatch.setenv("PATH", str(tmp_path))
    assert REDIS_SERVER.find() == mine
    assert MONGOD.find().parent != tmp_path


def test_a_missing_shared_library_is_named_with_its_package(tmp_path: Path) -> None:
    program = tmp_path / "redis-server"
    program.write_bytes(REDIS_SERVER.find().read_bytes().replace(b"libstdc++.so.6\0", b"libcurl.so.4.9\0"))
    program.chmod(0o755)
    told = told_by_starting(RedisServer(program, tmp_path, tmp_path / "redis.sock"))
    assert "libcurl.so.4.9 is missing" in told
    assert "install" in told


def test_a_port_taken_by_another_mongod_is_told(tmp_path: Path, mongod: Running) -> None:
    taken = int(mongod.url.split(":")[-1].split("/")[0])
    assert "port was taken" in told_by_starting(Mongod(MONGOD.find(), tmp_path, taken))


def test_a_folder_in_use_is_told(tmp_path: Path) -> None:
    [running] = start(Mongod.prepare(tmp_path))
    try:
        assert "in use" in told_by_starting(Mongod.prepare(tmp_path))
    finally:
        running.stop()


def test_a_socket_folder_of_somebody_else_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    long = tmp_path / ("long" * 30)
    RedisServer.prepare(long).socket.parent.chmod(0o777)
    with pytest.raises(ServerUnavailable, match="not a private folder"):
        RedisServer.prepare(long)


def test_servers_do_not_see_the_secrets_of_foldbase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLDBASE_TOKEN_KEY", "secret")
    [running] = start(RedisServer.prepare(tmp_path))
    try:
        assert b"FOLDBASE_TOKEN_KEY" not in Path(f"/proc/{running.pid}/environ").read_bytes()
        assert os.getsid(running.pid) != os.getsid(0)
    finally:
        running.stop()
