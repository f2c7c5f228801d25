"""What an import is asked to do, wherever to."""

from typing import Literal, NamedTuple

from app.importing.formats import Source
from app.importing.summary import Summary

OnConflict = Literal["fail", "skip", "replace"]


class ImportJob(NamedTuple):
    """What to import, and how."""

    collection: str
    file: str
    id_field: str | None
    format: str | None
    absent: tuple[str, ...]
    on_conflict: OnConflict


def expected(source: Source, summary: Summary) -> float | None:
    """How many records there may be in all, judged by how far into the file we are."""
    so_far = source.read_so_far()
    return summary.read * source.size / so_far if source.size and so_far else None
