"""Parts: the records of a file as lines to send, cut so that each part can be sent again."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from app.importing.cells import Cells
from app.importing.errors import RecordInvalid
from app.importing.formats import Source, records
from app.importing.supply import Supply

MOST_LINES = 10_000
MOST_BYTES = 4 * 2**20


@dataclass(slots=True)
class Part:
    """Some lines.

    first:   the number of the first of them, counted over all lines of the import.
    lines:   each with its line break.
    places:  the line of the file that each of them comes from.
    invalid: records that became no line: their lines in the file, and what is wrong.
    """

    first: int
    lines: list[bytes] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    invalid: list[tuple[int, RecordInvalid]] = field(default_factory=list)
    size: int = 0

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be added."""
        return len(self.lines) >= MOST_LINES or self.size >= MOST_BYTES or len(self.invalid) >= MOST_LINES

    def add(self, place: int, line: bytes) -> None:
        """Add a line."""
        self.lines.append(line)
        self.places.append(place)
        self.size += len(line)

    def halves(self) -> "tuple[Part, ...]":
        """The part in two, or itself where it has but one line. What is invalid is left out."""
        middle = len(self.lines) // 2
        if not middle:
            return (self,)
        return (
            Part(self.first, self.lines[:middle], self.places[:middle]),
            Part(self.first + middle, self.lines[middle:], self.places[middle:]),
        )


def parts(source: Source, cells: Cells) -> Iterator[Part]:
    """The parts of a source, in order; the same at every reading.

    Raises: FileUnusable, when all that came before was given.
    """
    part = Part(1)
    supply = Supply(_lines(source, cells))
    for place, line in supply:
        if isinstance(line, RecordInvalid):
            part.invalid.append((place, line))
        else:
            part.add(place, line)
        if part.is_full:
            yield part
            part = Part(part.first + len(part.lines))
    yield part
    if supply.fault is not None:
        raise supply.fault


def _lines(source: Source, cells: Cells) -> Iterator[tuple[int, bytes | RecordInvalid]]:
    if source.format == "ndjson":
        yield from _as_they_are(source)
        return
    for place, value in records(source, cells):
        if isinstance(value, RecordInvalid):
            yield place, value
        else:
            yield place, orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _as_they_are(source: Source) -> Iterator[tuple[int, bytes]]:
    """The lines of NDJSON: whoever is sent them will say what is wrong with them."""
    for place, line in enumerate(source.file, 1):
        if text := line.strip():
            yield place, text + b"\n"
