"""Lines of a body that comes in pieces: each with its number, none longer than may be kept."""

from typing import NamedTuple

LONGEST_LINE = 4 * 2**20
"""In bytes: a document of 1 MiB fits even where every character that can be is written as an escape."""


class Line(NamedTuple):
    """number: blank lines counted. text: without white space around it; None where it was too long."""

    number: int
    text: bytes | None


class Lines:
    """Cuts pieces into lines. It holds the beginning of one line at most."""

    def __init__(self, first: int = 1, longest: int = LONGEST_LINE) -> None:
        """first: the number of the first line."""
        self._longest = longest
        self._begun: list[bytes] = []
        self._size = 0
        self._number = first - 1

    @property
    def held(self) -> int:
        """How many bytes of a line that has begun are held."""
        return sum(map(len, self._begun))

    def cut(self, piece: bytes) -> list[Line]:
        """The lines that end in this piece, without blank ones."""
        first, *others = piece.split(b"\n")
        self._hold(first)
        if not others:
            return []
        found = self.rest()
        last = others.pop()
        for text in others:
            self._number += 1
            if len(text) > self._longest:
                found.append(Line(self._number, None))
            elif text := text.strip():
                found.append(Line(self._number, text))
        self._hold(last)
        return found

    def rest(self) -> list[Line]:
        """The line that has begun, as if it ended here; none where it is blank."""
        self._number += 1
        text, size = b"".join(self._begun).strip(), self._size
        self._begun, self._size = [], 0
        if size > self._longest:
            return [Line(self._number, None)]
        return [Line(self._number, text)] if text else []

    def _hold(self, text: bytes) -> None:
        """Keep a part of a line, unless it is too long by now."""
        self._size += len(text)
        if self._size > self._longest:
            self._begun = []
        elif text:
            self._begun.append(text)
