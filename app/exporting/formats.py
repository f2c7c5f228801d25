"""The formats of exports, by name: media type, ending of the file, and what writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.exporting.records import Record


class Writer(Protocol):
    """Writes one file, part by part. The parts make sense in their order, and only when `end` has come."""

    def write(self, records: Sequence[Record]) -> bytes:
        """The bytes that are ready once these records came, too; those of a format with groups come late."""

    def end(self) -> bytes:
        """The last bytes."""


@dataclass(frozen=True, slots=True)
class Format:
    """endings: of file names, the usual one first."""

    name: str
    media: str
    endings: tuple[str, ...]
    needs_arrow: bool = False


NDJSON = Format("ndjson", "application/x-ndjson", (".ndjson", ".jsonl"))
CSV = Format("csv", "text/csv; charset=utf-8; header=present", (".csv",))
PARQUET = Format("parquet", "application/vnd.apache.parquet", (".parquet",), needs_arrow=True)
ARROW = Format("arrow", "application/vnd.apache.arrow.file", (".arrow", ".feather"), needs_arrow=True)

FORMATS = {each.name: each for each in (NDJSON, CSV, PARQUET, ARROW)}


def format_of(file: str) -> Format | None:
    """The format that a file's name tells."""
    return next((each for each in FORMATS.values() if file.lower().endswith(each.endings)), None)
