"""The supervisor keeps real servers running, and takes them down in order."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.embedded import Mongod, RedisServer, ServerUnavailable
from app.supervisor import processes
from app.supervisor.errors import StopAsked
from app.supervisor.signals import Signals
from app.supervisor.supervisor import Supervisor


@dataclass
class Story:
    """What the supervisor said and recorded; after a record, `then` is called."""

    said: list[str] = field(default_factory=list)
    recorded: list[int] = field(default_factory=list)
    then: Callable[[Supervisor], None] = lambda _: None

    def record(self, supervisor: Supervisor) -> None:
        pid = supervisor.pids().get("redis-server")
        if isinstance(pid, int) and pid not in self.recorded:
            self.recorded.append(pid)
        self.then(supervisor)


@contextmanager
def supervising(story: Story) -> Iterator[Supervisor]:
    with Signals() as signals:
        supervisor = Supervisor(signals, story.said.append, story.record)
        try:
            yield supervisor
        finally:
            supervisor.stop()


def stop_me(_: object = None) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_server_that_is_killed_is_started_again_at_the_same_place(tmp_path: Path) -> None:
    story = Story()
    service = RedisServer.prepare(tmp_path)
    with supervising(story) as supervisor:
        supervisor.bring_up([("redis-server", service)], 10)
        [first] = story.recorded
        story.then = lambda _: stop_me() if len(story.recorded) == 2 else None
        os.kill(first, signal.SIGKILL)
        supervisor.watch()
        second = story.recorded[1]
        assert second != first
        assert supervisor.pids()["redis-server"] == second
        assert supervisor.started() == {str(second): processes.started(second)}
    assert any("redis-server ended (signal 9); starting it again" in line for line in story.said)
    assert processes.started(second) is None


def test_servers_end_in_the_reverse_order_of_their_start(tmp_path: Path) -> None:
    mongod, redis = Mongod.prepare(tmp_path / "mongod"), RedisServer.prepare(tmp_path / "redis")
    with supervising(Story()) as supervisor:
        supervisor.bring_up([("mongod", mongod), ("redis-server", redis)], 30)
    redis_ended = redis.log.stat().st_mtime
    assert "bye bye" in redis.log.read_text()
    assert mongod.log.stat().st_mtime > redis_ended


def test_a_stop_that_comes_while_servers_start_leaves_none(tmp_path: Path) -> None:
    story = Story(then=stop_me)
    with pytest.raises(StopAsked), supervising(story) as supervisor:
        supervisor.bring_up([("redis-server", RedisServer.prepare(tmp_path))], 10)
    [pid] = story.recorded
    assert processes.started(pid) is None


def test_a_server_that_hangs_is_killed_when_a_second_stop_is_asked_for(tmp_path: Path) -> None:
    story = Story()
    with supervising(story) as supervisor:
        supervisor.bring_up([("redis-server", RedisServer.prepare(tmp_path))], 10)
        os.kill(story.recorded[0], signal.SIGSTOP)
        stop_me()
        stop_me()
    assert processes.started(story.recorded[0]) is None


def test_a_server_that_can_not_start_at_first_is_an_error_and_not_a_retry(tmp_path: Path) -> None:
    broken = Mongod(Path("/bin/false"), tmp_path, 1)
    with pytest.raises(ServerUnavailable, match="exit status 1"), supervising(Story()) as supervisor:
        supervisor.bring_up([("mongod", broken)], 10)
