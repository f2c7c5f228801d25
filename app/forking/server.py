"""A fork server: a copy of this process, as it is before it does anything, that makes copies of itself.

A process that runs an event loop, connections and threads can not be forked safely. One that does nothing but
wait can. It ends when the process does that it is for, and so do all copies.
"""

import asyncio
import os
import re
import select
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Never

from app.forking.copies import Copy, Forked, fork
from events.errors import FoldbaseError

Program = Callable[[socket.socket], object]
"""What a copy runs, on the socket by which it is talked to. When it returns, the copy ends with 0."""

Load = Callable[[], Program]
"""Imports what a program needs, and returns it."""

_LOOK_EVERY_MS = 20
_ENDS_WITHIN_SECONDS = 5.0
_ENDED = re.compile(rb"ended (-?\d+)\n\Z")


class ForkServerGone(FoldbaseError):
    """Nobody is left who starts copies."""

    def __str__(self) -> str:
        return "the process that starts others for this one was ended; start this one again"


class ForkServer:
    """Starts copies."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control

    def start(self) -> socket.socket:
        """Start a copy, and return the socket by which it is talked to; when that is closed, it is killed.

        The last line that comes from there tells how it ended, see `status_in`.
        Raises: ForkServerGone; OSError, where it can not be done now.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._control, [b"+"], [theirs.fileno()])
            except ConnectionError as error:
                ours.close()
                raise ForkServerGone from error
            except OSError:
                ours.close()
                raise
        return ours

    async def watch(self) -> Never:
        """Raises ForkServerGone when nobody is left who starts copies."""
        loop, gone = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._control, gone.set)
        try:
            await gone.wait()
        finally:
            loop.remove_reader(self._control)
        raise ForkServerGone


@contextmanager
def fork_server(load: Load, title: str, title_of_copies: str) -> Iterator[ForkServer]:
    """Copies of this process, as it is now, can be started for as long as the block runs; then they are killed.

    load:   is called once, when the first copy is wanted: what it imports all of them have.
    titles: what a list of processes says of the server, and of each copy.
    To be called where no other thread runs, see `fork`. Raises: OSError, when it can not be started.
    """
    ours, theirs = socket.socketpair()
    with ours, theirs:
        serving = partial(_serve, theirs.fileno(), load, title_of_copies)
        server = fork(Copy(serving, title, os.environ, None, (theirs.fileno(),)))
        theirs.close()
        ours.setblocking(False)
        try:
            yield ForkServer(ours)
        finally:
            ours.close()
            _wait(server)


def status_in(words: bytes) -> tuple[bytes, int | None]:
    """What a copy said last, and its exit status, negative for a signal; None where the fork server is gone."""
    told = _ENDED.search(words)
    return (words, None) if told is None else (words[: told.start()], int(told[1]))


def _wait(server: Forked) -> None:
    """It ends by itself, unless somebody stopped it."""
    try:
        server.wait(_ENDS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _serve(control: int, load: Load, title: str) -> None:
    """It ends with the process that it is for, and not before: who ends all at once sends a signal to all."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    _Serving(socket.socket(fileno=control), load, title).run()


@dataclass(slots=True)
class _Talk:
    """A copy, None once it has ended, and the server's end of what it is talked to by."""

    line: socket.socket
    copy: Forked | None


class _Serving:
    """The fork server itself: one thread that waits."""

    def __init__(self, control: socket.socket, load: Load, title: str) -> None:
        self._control = control
        self._load = load
        self._title = title
        self._talks: dict[int, _Talk] = {}
        self._killed: list[Forked] = []
        self._waiting = select.poll()
        self._waiting.register(control, select.POLLIN)

    @cached_property
    def _program(self) -> Program:
        return self._load()

    def run(self) -> None:
        """Returns when the process is gone that it is for; its copies are, too."""
        is_wanted = True
        while is_wanted:
            runs = self._killed or any(talk.copy is not None for talk in self._talks.values())
            for number, _ in self._waiting.poll(_LOOK_EVERY_MS if runs else None):
                if number == self._control.fileno():
                    is_wanted = self._hear()
                else:
                    self._hang_up(number)
            self._reap()
        for number in list(self._talks):
            self._hang_up(number)
        for copy in self._killed:
            copy.wait()

    def _hear(self) -> bool:
        """Start what is wanted; whether somebody is left who may want more."""
        wanted, numbers, _, _ = socket.recv_fds(self._control, 1, 1)
        for number in numbers:
            self._start(socket.socket(fileno=number))
        return bool(wanted)

    def _start(self, line: socket.socket) -> None:
        number = line.fileno()
        talk = self._talks[number] = _Talk(line, None)
        self._waiting.register(number, 0)  # of its end alone
        try:
            running = partial(_run, number, self._program)
            talk.copy = fork(Copy(running, self._title, os.environ, None, (number,)))
        except OSError as error:
            _tell(talk, f"{error}\n".encode(), os.EX_TEMPFAIL)
        except Exception as fault:  # noqa: BLE001 - the program can not be loaded; told to who wants it
            _tell(talk, f"{fault!r}\n".encode(), os.EX_SOFTWARE)

    def _hang_up(self, number: int) -> None:
        """Nobody listens any more."""
        self._waiting.unregister(number)
        talk = self._talks.pop(number)
        talk.line.close()
        if talk.copy is not None:
            talk.copy.kill()
            self._killed.append(talk.copy)

    def _reap(self) -> None:
        self._killed = [copy for copy in self._killed if copy.poll() is None]
        for talk in self._talks.values():
            status = None if talk.copy is None else talk.copy.poll()
            if status is not None:
                _tell(talk, b"", status)


def _tell(talk: _Talk, said: bytes, status: int) -> None:
    """The last words. The other end closes first: who closes where something was not read takes them back."""
    talk.copy = None
    talk.line.setblocking(False)
    with suppress(OSError):  # nobody may be left who would hear it
        talk.line.sendall(b"%bended %d\n" % (said, status))
    with suppress(OSError):
        talk.line.shutdown(socket.SHUT_WR)


def _run(number: int, program: Program) -> None:
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, signal.SIG_DFL)
    program(socket.socket(fileno=number))
