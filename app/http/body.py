"""The body of a request as it comes off the wire: of declared length, or chunked and read strictly."""

import re
from typing import Final, NamedTuple, Protocol

from sanic.exceptions import BadRequest


class _Line(NamedTuple):
    """A line that is due: how it looks, and how its beginning looks while the rest is on its way."""

    whole: re.Pattern[bytes]
    begun: re.Pattern[bytes]


_SIZE: Final = _Line(re.compile(rb"([0-9A-Fa-f]{1,8})\r\n"), re.compile(rb"(?:[0-9A-Fa-f]{1,8}\r?)?"))
_NEXT_SIZE: Final = _Line(
    re.compile(rb"\r\n([0-9A-Fa-f]{1,8})\r\n"),
    re.compile(rb"(?:\r(?:\n(?:[0-9A-Fa-f]{1,8}\r?)?)?)?"),
)
_END: Final = _Line(re.compile(rb"\r\n"), re.compile(rb"\r?"))
_LONGEST_LINE: Final = len(b"\r\n12345678\r\n")


class Body(Protocol):
    """A body that is being read: `take` until `ended`."""

    ended: bool

    def take(self, buffer: bytearray) -> bytes:
        """Remove from `buffer` what belongs to this body and return the data in it; b"" when it holds none.

        Raises: BadRequest when the bytes can not be this body; the connection is of no use then.
        """


class SizedBody:
    """A body of `length` bytes."""

    __slots__ = ("_left", "ended")

    def __init__(self, length: int) -> None:
        self._left = length
        self.ended = length == 0

    def take(self, buffer: bytearray) -> bytes:
        data = bytes(buffer[: self._left])
        del buffer[: self._left]
        self._left -= len(data)
        self.ended = self._left == 0
        return data


class ChunkedBody:
    """A chunked body: sizes are 1 to 8 hex digits and nothing else, every CR LF is there, no trailers."""

    __slots__ = ("_left", "_line", "ended")

    def __init__(self) -> None:
        self._left = 0
        self._line = _SIZE
        self.ended = False

    def take(self, buffer: bytearray) -> bytes:
        pieces: list[bytearray] = []
        at = 0
        while not self.ended:
            if self._left:
                piece = buffer[at : at + self._left]
                pieces.append(piece)
                at += len(piece)
                self._left -= len(piece)
            if self._left or not (passed := self._pass_line(buffer, at)):
                break
            at += passed
        del buffer[:at]
        return b"".join(pieces)

    def _pass_line(self, buffer: bytearray, at: int) -> int:
        """Step over the line that is due at `at`; its length, or 0 when it is not all there yet."""
        line = self._line.whole.match(buffer, at)
        if line is None:
            if not self._line.begun.fullmatch(buffer[at : at + _LONGEST_LINE]):
                raise BadRequest("The chunked body is malformed")
            return 0
        if self._line is _END:
            self.ended = True
        else:
            self._left = int(line[1], 16)
            self._line = _NEXT_SIZE if self._left else _END
        return len(line[0])
