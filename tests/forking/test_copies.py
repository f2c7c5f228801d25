"""Programs that are copies of this process have nothing of it but what was imported."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.forking.copies import Copy, Forked, fork
from app.supervisor.signals import Signals
from events.errors import LogUnavailable

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")

LONG = 60
MANY = 256


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where copies print to."""
    return tmp_path / "log"


def copied(program: Callable[[], object], log: Path, keeping: tuple[int, ...] = ()) -> Forked:
    return fork(Copy(program, "foldbase test", {"ONLY": "this"}, log, keeping))


def told(*said: object) -> None:
    """Print it, in a copy."""
    print(*said)  # noqa: T201


def is_open(number: int) -> bool:
    """Whether this process has a descriptor."""
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def waiting() -> None:
    """Say so, and wait for a signal."""
    told("waiting")
    signal.pause()


def test_a_copy_has_its_own_title_session_environment_and_output(log: Path) -> None:
    def program() -> None:
        told(dict(os.environ), os.getsid(0) == os.getpid(), os.read(0, 1))
        told(Path("/proc/self/cmdline").read_text().strip("\0"))

    assert copied(program, log).wait(LONG) == 0
    assert log.read_text().splitlines() == ["{'ONLY': 'this'} True b''", "foldbase test"]
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_copy_has_the_descriptors_that_it_is_given_and_no_other(log: Path) -> None:
    def program() -> None:
        told([number for number in range(MANY) if is_open(number)])

    with socket.socket() as one, socket.socket() as two, socket.socket() as three:
        kept = (three.fileno(), one.fileno())
        assert two.fileno() < MANY
        assert copied(program, log, kept).wait(LONG) == 0
    assert log.read_text() == f"{[0, 1, 2, *sorted(kept)]}\n"


@contextmanager
def hanging_up(handled: signal.Handlers) -> Iterator[None]:
    """While the block runs, SIGHUP is handled so; under nohup it comes ignored."""
    before = signal.signal(signal.SIGHUP, handled)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_copy_handles_signals_as_a_new_process_does(log: Path) -> None:
    with hanging_up(signal.SIG_DFL), Signals() as signals:
        for number in (signal.SIGTERM, signal.SIGHUP):
            assert copied(lambda n=number: os.kill(os.getpid(), n), log).wait(LONG) == -number  # type: ignore[misc]
        assert copied(lambda: os.kill(os.getpid(), signal.SIGINT), log).wait(LONG) == 1
        assert signals.stops == 0
    assert "KeyboardInterrupt" in log.read_text()


def test_what_is_ignored_stays_ignored_in_a_copy(log: Path) -> None:
    with hanging_up(signal.SIG_IGN), Signals():
        assert copied(lambda: os.kill(os.getpid(), signal.SIGHUP), log).wait(LONG) == 0


def test_a_stop_that_comes_at_once_is_not_lost(log: Path) -> None:
    with Signals():
        for _ in range(20):
            copy = copied(signal.pause, log)
            copy.terminate()
            assert copy.wait(LONG) == -signal.SIGTERM


def test_errors_of_a_copy_are_told_in_its_log(log: Path) -> None:
    def on_purpose() -> None:
        raise LogUnavailable("gone fishing")

    def by_mistake() -> None:
        raise ZeroDivisionError

    assert copied(on_purpose, log).wait(LONG) == 1
    assert log.read_text() == f"foldbase: {LogUnavailable('gone fishing')}\n"
    assert copied(by_mistake, log).wait(LONG) == 1
    assert log.read_text().splitlines()[-1] == "ZeroDivisionError"


@pytest.mark.parametrize(("code", "status"), [(None, 0), (0, 0), (3, 3), ("words", 1)])
def test_a_copy_ends_with_the_status_that_it_chooses(code: int | str | None, status: int, log: Path) -> None:
    assert copied(lambda: sys.exit(code), log).wait(LONG) == status


def test_a_copy_that_runs_has_no_status_and_one_that_is_killed_has_the_signal(log: Path) -> None:
    copy = copied(waiting, log)
    assert copy.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        copy.wait(0.01)
    copy.kill()
    assert copy.wait() == copy.poll() == -signal.SIGKILL
    copy.terminate()


def test_a_copy_ends_when_the_process_ends_that_it_is_a_copy_of(log: Path) -> None:
    reading, writing = os.pipe()

    def first() -> None:
        inner = copied(waiting, log, (writing,))
        while "waiting" not in log.read_text():
            assert inner.poll() is None
        os.kill(os.getpid(), signal.SIGKILL)

    assert copied(first, log, (writing,)).wait(LONG) == -signal.SIGKILL
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.read() == b""
