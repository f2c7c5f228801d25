"""Copies that a fork server starts: talked to by a socket, and killed when that is closed or its owner gone."""

import asyncio
import errno
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.forking.copies import Copy, Forked, fork
from app.forking.server import ForkServer, ForkServerGone, Program, fork_server, status_in
from tests.forking.test_copies import is_open
from tests.projections.world import until

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")

SERVER = "foldbase test: fork server"
TITLE = "foldbase test: copy"
LONG = 60
MANY = 256


def echo(talking: socket.socket) -> None:
    """Say who it is, and every line again; ends with the status that a line tells."""
    with talking.makefile("rwb", buffering=0) as words:
        words.write(f"{os.getpid()}\n".encode())
        for line in words:
            if line.startswith(b"end "):
                sys.exit(int(line[4:]))
            words.write(line)


@pytest.fixture
def forks() -> Iterator[ForkServer]:
    """A fork server whose copies echo."""
    with fork_server(lambda: echo, SERVER, TITLE) as forks:
        yield forks


def line(talking: socket.socket) -> bytes:
    """The next line, or what there is before the end."""
    talking.settimeout(LONG)
    said = b""
    while not said.endswith(b"\n") and (more := talking.recv(1)):
        said += more
    return said


def started(forks: ForkServer) -> tuple[socket.socket, int]:
    """A copy, and its process id."""
    talking = forks.start()
    return talking, int(line(talking))


def lives(pid: int) -> bool:
    """Whether a process runs; one that has ended, and that nobody asked after yet, does not."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:4]
    except (FileNotFoundError, ProcessLookupError):  # the latter where it goes while it is read
        return False


def parent_of(pid: int) -> int:
    """The process that started another."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_copies_are_talked_to_at_the_same_time_and_tell_how_they_end(forks: ForkServer) -> None:
    one, first = started(forks)
    other, second = started(forks)
    with one, other:
        assert first != second
        assert parent_of(first) == parent_of(second) != os.getpid()
        assert Path(f"/proc/{first}/cmdline").read_text().strip("\0") == TITLE
        assert Path(f"/proc/{parent_of(first)}/cmdline").read_text().strip("\0") == SERVER
        one.sendall(b"hello\n")
        assert line(one) == b"hello\n"
        one.sendall(b"end 7\n")
        assert status_in(line(one)) == (b"", 7)
        assert line(one) == b""
        other.sendall(b"still here\n")
        assert line(other) == b"still here\n"
        os.kill(second, signal.SIGKILL)
        assert status_in(line(other)) == (b"", -signal.SIGKILL)


@pytest.mark.parametrize("number", [0, signal.SIGSTOP])
async def test_a_copy_is_killed_when_nobody_talks_to_it_any_more(forks: ForkServer, number: int) -> None:
    talking, pid = started(forks)
    os.kill(pid, number)
    assert lives(pid)
    talking.close()
    await until(lambda: not lives(pid))


def test_a_copy_has_its_socket_and_no_other_descriptor(tmp_path: Path) -> None:
    found = tmp_path / "found"

    def tell(talking: socket.socket) -> None:
        others = [number for number in range(3, MANY) if number != talking.fileno() and is_open(number)]
        found.write_text(str(others))

    with fork_server(lambda: tell, SERVER, TITLE) as forks, forks.start() as one:
        assert status_in(line(one)) == (b"", 0)
        with forks.start() as other:
            assert status_in(line(other)) == (b"", 0)
    assert found.read_text() == "[]"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_only_copies_end_when_all_are_told_to(forks: ForkServer, number: signal.Signals) -> None:
    talking, pid = started(forks)
    with talking:
        os.kill(parent_of(pid), number)
        os.kill(pid, number)
        assert status_in(line(talking)) == (b"", -number)
    again, _ = started(forks)
    again.close()


async def test_who_wants_copies_hears_that_nobody_starts_them_any_more(forks: ForkServer) -> None:
    talking, pid = started(forks)
    watching = asyncio.create_task(forks.watch())
    await asyncio.sleep(0)
    assert not watching.done()
    os.kill(parent_of(pid), signal.SIGKILL)
    with pytest.raises(ForkServerGone, match="start this one again"):
        await watching
    with pytest.raises(ForkServerGone):
        forks.start()
    assert status_in(line(talking)) == (b"", None)
    talking.close()
    await until(lambda: not lives(pid))


def test_what_can_not_be_started_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    here = os.getpid()

    def only_here(copy: Copy) -> Forked:
        if os.getpid() != here:
            raise BlockingIOError(errno.EAGAIN, "no more processes")
        return fork(copy)

    monkeypatch.setattr("app.forking.server.fork", only_here)
    with fork_server(lambda: echo, SERVER, TITLE) as forks:
        for _ in range(2):
            with forks.start() as talking:
                assert line(talking) == b"[Errno 11] no more processes\n"
                assert status_in(line(talking)) == (b"", os.EX_TEMPFAIL)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_copies_end_with_the_process_that_wants_them(tmp_path: Path, number: signal.Signals) -> None:
    told = tmp_path / "told"

    def owner() -> None:
        with fork_server(lambda: echo, SERVER, TITLE) as forks:
            _, pid = started(forks)
            told.write_text(f"{pid} {parent_of(pid)}\n")
            signal.pause()

    copy = fork(Copy(owner, "foldbase test", os.environ, tmp_path / "log"))
    await until(lambda: told.exists() and told.read_text().endswith("\n"))
    os.kill(copy.pid, number)
    assert copy.wait(LONG) == -number
    for pid in map(int, told.read_text().split()):
        await until(lambda pid=pid: not lives(pid))  # type: ignore[misc]


def test_last_words_are_heard_also_where_a_copy_did_not_read_what_it_was_told(forks: ForkServer) -> None:
    for _ in range(20):
        talking, _ = started(forks)
        with talking:
            talking.sendall(b"end 7\n" + b"never read\n" * 1000)
            assert status_in(line(talking)) == (b"", 7)
            assert line(talking) == b""


def test_a_copy_has_the_environment_of_who_wants_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLDBASE_TEST", "ünlike")
    found = tmp_path / "found"
    with fork_server(lambda: lambda _: found.write_text(repr(dict(os.environ))), SERVER, TITLE) as forks:
        with forks.start() as talking:
            assert status_in(line(talking)) == (b"", 0)
    assert found.read_text() == repr(dict(os.environ))


def test_what_a_copy_runs_is_loaded_once_when_the_first_is_wanted(tmp_path: Path) -> None:
    loaded = tmp_path / "loaded"

    def load() -> Program:
        with loaded.open("a") as words:
            words.write("once")
        return echo

    with fork_server(load, SERVER, TITLE) as forks:
        assert not loaded.exists()
        for _ in range(2):
            talking, _ = started(forks)
            talking.close()
    assert loaded.read_text() == "once"


def test_what_can_not_be_loaded_says_why_and_nothing_else_ends() -> None:
    def load() -> Program:
        raise ImportError("no module of this name")

    with fork_server(load, SERVER, TITLE) as forks:
        for _ in range(2):
            with forks.start() as talking:
                assert line(talking) == b"ImportError('no module of this name')\n"
                assert status_in(line(talking)) == (b"", os.EX_SOFTWARE)


async def test_a_server_that_is_too_busy_is_not_gone(forks: ForkServer) -> None:
    first, pid = started(forks)
    server = parent_of(pid)
    os.kill(server, signal.SIGSTOP)
    asked: list[socket.socket] = []
    with pytest.raises(BlockingIOError):
        while True:
            asked.append(forks.start())
    os.kill(server, signal.SIGCONT)
    for each in (first, *asked):
        each.close()
    again, _ = started(forks)
    again.close()


def test_it_is_told_how_copies_end_where_their_owner_asks_for_no_ends(tmp_path: Path) -> None:
    """Who ignores SIGCHLD, if only because who started it does, hears of no child's end."""

    def owner() -> None:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        with fork_server(lambda: echo, SERVER, TITLE) as forks:
            talking, _ = started(forks)
            talking.sendall(b"end 7\n")
            assert status_in(line(talking)) == (b"", 7)

    copy = fork(Copy(owner, "foldbase test", os.environ, tmp_path / "log"))
    assert copy.wait(LONG) == 0, (tmp_path / "log").read_text()


async def test_a_server_that_stands_still_ends_with_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.forking.server._ENDS_WITHIN_SECONDS", 0.1)
    with fork_server(lambda: echo, SERVER, TITLE) as forks:
        talking, pid = started(forks)
        server = parent_of(pid)
        os.kill(server, signal.SIGSTOP)
    assert not lives(server)
    with talking:
        assert line(talking) == b""
    await until(lambda: not lives(pid))


def test_a_server_rests_beside_copies_that_have_ended(forks: ForkServer) -> None:
    ended, pid = started(forks)
    server = parent_of(pid)
    ended.sendall(b"end 0\n")
    assert status_in(line(ended)) == (b"", 0)
    running, _ = started(forks)
    before = cpu_of(server)
    time.sleep(0.5)  # what it does meanwhile is what is asked
    assert cpu_of(server) - before < 0.1
    ended.close()
    running.close()


def cpu_of(pid: int) -> float:
    """Seconds that a process has worked."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


@pytest.mark.parametrize(
    ("words", "said", "status"),
    [
        (b"ended 0\n", b"", 0),
        (b"it ended badly\nended -9\n", b"it ended badly\n", -9),
        (b"it ended badly\n", b"it ended badly\n", None),
        (b"ended 1\nand more", b"ended 1\nand more", None),
        (b"", b"", None),
    ],
)
def test_how_a_copy_ended_stands_in_the_last_line_alone(words: bytes, said: bytes, status: int | None) -> None:
    assert status_in(words) == (said, status)
