"""A fork server: a copy of this process, as it is before it does anything, that makes copies of itself.

A process that runs an event loop, connections and threads can not be forked safely. One that does nothing but
wait can. It ends when the process does that it is for, and so do all copies.
"""

import asyncio
import os
import select
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Never

from app.forking.copies import Copy, Forked, fork
from events.errors import FoldbaseError

Program = Callable[[socket.socket], object]
"""What a copy runs, on the socket by which it is talked to. When it returns, the copy ends with 0."""

_LOOK_EVERY_MS = 20
_ENDED = b"ended "


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

        The last line that comes from there tells how it ended, see `status_in`. Raises ForkServerGone.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._control, [b"+"], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise ForkServerGone from error
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
def fork_server(program: Program, title: str) -> Iterator[ForkServer]:
    """Copies of this process, as it is now, can be started for as long as the block runs; then they are killed.

    title: what a list of processes says of each of them.
    To be called where no other thread runs, see `fork`. Raises: OSError, when it can not be started.
    """
    ours, theirs = socket.socketpair()
    with ours, theirs:
        serving = partial(_serve, theirs.fileno(), program, title)
        server = fork(Copy(serving, f"{title}: fork server", os.environ, None, (theirs.fileno(),)))
        theirs.close()
        try:
            yield ForkServer(ours)
        finally:
            ours.close()
            server.wait()


def status_in(words: bytes) -> tuple[bytes, int | None]:
    """What a copy said last, and its exit status, negative for a signal; None where the fork server is gone."""
    said, told, status = words.rpartition(_ENDED)
    return (said, int(status)) if told else (status, None)


def _serve(control: int, program: Program, title: str) -> None:
    """It ends with the process that it is for, and not before: who ends all at once sends SIGTERM to all."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _Serving(socket.socket(fileno=control), program, title).run()


class _Serving:
    """The fork server itself: one thread that waits."""

    def __init__(self, control: socket.socket, program: Program, title: str) -> None:
        self._control = control
        self._program = program
        self._title = title
        self._copies: dict[int, tuple[socket.socket, Forked]] = {}
        self._waiting = select.poll()
        self._waiting.register(control, select.POLLIN)

    def run(self) -> None:
        """Returns when the process is gone that it is for; its copies are, too."""
        is_wanted = True
        while is_wanted:
            for number, _ in self._waiting.poll(_LOOK_EVERY_MS if self._copies else None):
                if number == self._control.fileno():
                    is_wanted = self._hear()
                else:
                    self._copies[number][1].kill()  # nobody talks to it any more
            self._reap()
        for _, copy in self._copies.values():
            copy.kill()

    def _hear(self) -> bool:
        """Start what is wanted; whether somebody is left who may want more."""
        wanted, numbers, _, _ = socket.recv_fds(self._control, 1, 1)
        for number in numbers:
            self._start(socket.socket(fileno=number))
        return bool(wanted)

    def _start(self, talking: socket.socket) -> None:
        number = talking.fileno()
        running = partial(_run, number, self._program)
        try:
            copy = fork(Copy(running, self._title, os.environ, None, (number,)))
        except OSError as error:
            _tell(talking, f"{error}\n".encode(), os.EX_TEMPFAIL)
        else:
            self._copies[number] = talking, copy
            self._waiting.register(number, 0)  # of its end alone

    def _reap(self) -> None:
        for number, (talking, copy) in list(self._copies.items()):
            status = copy.poll()
            if status is not None:
                del self._copies[number]
                self._waiting.unregister(number)
                _tell(talking, b"", status)


def _tell(talking: socket.socket, words: bytes, status: int) -> None:
    with talking, suppress(OSError):  # nobody may be left who would hear it
        talking.sendall(b"%b%b%d\n" % (words, _ENDED, status))


def _run(number: int, program: Program) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    program(socket.socket(fileno=number))
