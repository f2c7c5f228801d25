"""Checkpoints: the position up to which projections have applied one log, by that log's own id."""

from typing import NamedTuple

from events.position import Position


class Checkpoint(NamedTuple):
    """A place in one particular log: a checkpoint of another log means nothing here."""

    log: str
    position: Position

    def write(self) -> bytes:
        """As Redis keeps it."""
        return f"{self.log} {self.position}".encode()


def read_checkpoint(written: bytes | None) -> Checkpoint | None:
    """What Redis keeps; None where there is none, or nothing that foldbase wrote."""
    if written is None:
        return None
    log, _, position = written.decode(errors="replace").partition(" ")
    return Checkpoint(log, Position(int(position))) if position.isdecimal() else None
