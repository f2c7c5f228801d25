"""Standing: the positions an answer was served at, one per partition of the log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from events.position import Position, partition_of
from projections.checkpoint import read_checkpoint
from queries.errors import ProjectionsAbsent, QueryInvalid, ReadUnavailable


@dataclass(frozen=True)
class Standing:
    """The live checkpoints of all partitions, at one moment."""

    positions: Sequence[Position]

    @cached_property
    def header(self) -> str:
        """The value of `Fold-Position`."""
        return ", ".join(map(str, self.positions))

    def reached(self, after: Iterable[Position]) -> bool:
        """Whether every position of `after` has been applied."""
        return all(place <= self.positions[partition_of(place)] for place in after)


def read_told(told: Any, log: str) -> tuple[Standing, list[Any]]:
    """What a script told: the checkpoints, as a standing, and all else.

    told: an error, where it told nothing.
    Raises: ReadUnavailable, ProjectionsAbsent.
    """
    if isinstance(told, Exception):
        raise ReadUnavailable(str(told)) from told
    stands, *rest = told
    return read_standing(stands, log), rest


def read_standing(written: Iterable[bytes | None], log: str) -> Standing:
    """The standing that Redis keeps. Raises ProjectionsAbsent where there is none for this log."""
    positions = []
    for checkpoint in map(read_checkpoint, written):
        if checkpoint is None or checkpoint.log != log:
            raise ProjectionsAbsent
        positions.append(checkpoint.position)
    return Standing(positions)


def read_positions(header: str, partitions: int) -> tuple[Position, ...]:
    """The positions in a `Fold-After` header: one, or several separated by commas. Raises QueryInvalid."""
    places = []
    for text in header.split(","):
        digits = text.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 16):
            raise QueryInvalid("Fold-After", "is a position as Fold-Position gives it, or several with commas")
        place = Position(int(digits))
        if partition_of(place) >= partitions:
            raise QueryInvalid("Fold-After", f"{place} is no position of this log")
        places.append(place)
    return tuple(places)
