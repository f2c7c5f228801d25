"""The embedded servers start on their own data, whatever happened to them before."""

import os
import signal
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from redis import Redis

from app.embedded import Mongod, RedisServer, Running, start
from tests.servers import serving, temporary_folder


def kill(running: Running) -> None:
    running.process.send_signal(signal.SIGKILL)
    running.process.wait()


def keep(running: Running, value: str) -> None:
    with MongoClient[dict[str, Any]](running.url, w="majority", journal=True) as client:
        client["kept"]["values"].insert_one({"_id": value})


def kept(running: Running) -> list[str]:
    with MongoClient[dict[str, Any]](running.url) as client:
        return [each["_id"] for each in client["kept"]["values"].find()]


def test_mongod_keeps_its_data_when_it_is_killed_and_started_again_at_its_address(tmp_path: Path) -> None:
    mongod = Mongod.prepare(tmp_path)
    with serving(mongod) as running:
        keep(running, "before the kill")
        kill(running)
    with serving(mongod) as again:
        assert kept(again) == ["before the kill"]


def test_mongod_takes_writes_when_it_comes_back_on_another_port(tmp_path: Path) -> None:
    with serving(Mongod.prepare(tmp_path)) as running:
        keep(running, "first port")
    with serving(Mongod.prepare(tmp_path)) as moved:
        assert moved.url != running.url
        keep(moved, "second port")
        assert sorted(kept(moved)) == ["first port", "second port"]


def test_mongod_runs_no_scripts_of_its_clients(mongod: Running) -> None:
    with MongoClient[dict[str, Any]](mongod.url) as client:
        answer = client["x"].command("find", "y", filter={"$where": "true"}, check=False)
    assert answer["ok"] == 0


def test_redis_starts_beside_a_stale_socket_when_it_was_killed(tmp_path: Path) -> None:
    server = RedisServer.prepare(tmp_path)
    with serving(server) as running:
        kill(running)
    assert server.socket.exists()
    with serving(server) as again, Redis.from_url(again.url) as client:
        assert client.ping()


def test_redis_keeps_what_it_held_when_it_is_stopped(tmp_path: Path) -> None:
    with serving(RedisServer.prepare(tmp_path)) as running, Redis.from_url(running.url) as client:
        client.set("row", "kept")
    with serving(RedisServer.prepare(tmp_path)) as again, Redis.from_url(again.url) as client:
        assert client.get("row") == b"kept"


def test_redis_listens_on_a_private_socket_and_on_no_port(tmp_path: Path) -> None:
    server = RedisServer.prepare(tmp_path)
    with serving(server) as running, Redis.from_url(running.url) as client:
        assert client.config_get("port") == {"port": "0"}
        assert stat.S_IMODE(server.socket.parent.stat().st_mode) == 0o700


def test_redis_gets_a_short_socket_path_when_its_folder_is_a_long_one() -> None:
    with temporary_folder() as folder:
        server = RedisServer.prepare(folder / ("long" * 30))
        try:
            assert len(os.fsencode(server.socket)) <= 100
            assert stat.S_IMODE(server.socket.parent.stat().st_mode) == 0o700
            with serving(server) as running, Redis.from_url(running.url) as client:
                assert client.ping()
        finally:
            server.socket.parent.rmdir()


def test_both_servers_start_together_well_within_the_time_up_may_take(tmp_path: Path) -> None:
    begun = time.monotonic()
    running = start(Mongod.prepare(tmp_path / "mongod"), RedisServer.prepare(tmp_path / "redis"))
    took = time.monotonic() - begun
    for each in running:
        each.stop()
    assert took < 4


def test_no_server_is_left_when_one_of_them_can_not_start(tmp_path: Path) -> None:
    redis = RedisServer.prepare(tmp_path / "redis")
    mongod = Mongod(Path("/nonexistent/mongod"), tmp_path, 1)
    with pytest.raises(Exception, match=r"can not be started .*/nonexistent/mongod"):
        start(redis, mongod)
    assert not redis.socket.exists()
