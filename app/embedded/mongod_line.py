"""Commands to a mongod of our own, over MongoDB's wire protocol.

`foldbase up` waits for its mongod before it starts anything else; to import a driver would double the wait.
"""

import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import bson

TIMEOUT: Final = 2.0
"""Seconds, for each step."""

_OP_MSG: Final = 2013
_HEADER = struct.Struct("<iiii")
_PREAMBLE = struct.pack("<IB", 0, 0)
"""No flags, and a body of one document."""


class MongodRefused(Exception):
    """A mongod answered that it did not do as told. code: what MongoDB calls the reason."""

    def __init__(self, code: int) -> None:
        super().__init__(f"error {code}")
        self.code = code


class MongodLine:
    """A connection to a mongod, on which one command is given after the other."""

    def __init__(self, connected: socket.socket) -> None:
        self._connected = connected

    def command(self, **command: Any) -> Mapping[str, Any]:
        """What it answers to `command`, given to its database `admin`. Raises: MongodRefused; OSError."""
        body = _PREAMBLE + bson.encode({**command, "$db": "admin"})
        self._connected.sendall(_HEADER.pack(_HEADER.size + len(body), 1, 0, _OP_MSG) + body)
        length = _HEADER.unpack(self._receive(_HEADER.size))[0]
        answer = bson.decode(self._receive(length - _HEADER.size)[len(_PREAMBLE) :])
        if not answer["ok"]:
            raise MongodRefused(answer["code"])
        return answer

    def _receive(self, size: int) -> bytes:
        received = b""
        while len(received) < size:
            if not (more := self._connected.recv(size - len(received))):
                raise ConnectionResetError
            received += more
        return received


@contextmanager
def mongod_line(port: int) -> Iterator[MongodLine]:
    """A connection to the mongod at `port` of this machine. Raises: OSError, when nobody listens there."""
    with socket.create_connection(("127.0.0.1", port), TIMEOUT) as connected:
        yield MongodLine(connected)
