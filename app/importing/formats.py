"""Reading records: CSV, NDJSON or a JSON array, plain, gzipped or zipped, each record with its line."""

import csv
import gzip
import io
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from app.http.json import JsonInvalid, JsonValue, parse
from app.importing.cells import Cells
from app.importing.errors import FileUnusable, RecordInvalid

FORMATS = {".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "json"}
LONGEST_CELL = 2**20


class Record(NamedTuple):
    """One record: the line it begins on (1-based; in a JSON array its place), and its value or its fault."""

    line: int
    value: "JsonValue | RecordInvalid"


class Source(NamedTuple):
    """An open file and how to read it. `size` is in bytes, None where it is not known."""

    file: BinaryIO
    format: str
    size: int | None
    read_so_far: Callable[[], int]


def open_source(name: str, format: str | None) -> Source:
    """Open a file, or standard input for "-". Raises FileUnusable."""
    if name == "-":
        if format is None:
            raise FileUnusable("-", "say with --format what comes from standard input: csv, ndjson or json")
        return Source(sys.stdin.buffer, format, None, lambda: 0)
    path = Path(name)
    try:
        raw = path.open("rb")
        file, inner = _unpack(path, raw)
    except OSError as error:
        raise FileUnusable(name, error.strerror or str(error)) from None
    found = format or FORMATS.get(Path(inner).suffix.lower())
    if found is None:
        known = ", ".join(FORMATS)
        raise FileUnusable(name, f"its name does not tell the format ({known}, also .gz or .zip); use --format")
    size = path.stat().st_size
    return Source(file, found, size, lambda: size if raw.closed else raw.tell())


def records(source: Source, cells: Cells) -> Iterator[Record]:
    """The records of a source, in order; `cells` types those of CSV. Raises FileUnusable."""
    if source.format == "csv":
        return _csv(source.file, cells)
    return _ndjson(source.file) if source.format == "ndjson" else _json(source.file)


def _unpack(path: Path, raw: BinaryIO) -> tuple[BinaryIO, str]:
    if path.suffix.lower() == ".gz":
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw)), path.stem
    if path.suffix.lower() == ".zip":
        try:
            archive = zipfile.ZipFile(raw)
        except zipfile.BadZipFile:
            raise FileUnusable(str(path), "is no zip file") from None
        members = [member for member in archive.namelist() if not member.endswith("/")]
        if len(members) != 1:
            raise FileUnusable(str(path), f"has {len(members)} members; a zip to import has one")
        return cast(BinaryIO, archive.open(members[0])), members[0]
    return raw, path.name


def _csv(file: BinaryIO, cells: Cells) -> Iterator[Record]:
    csv.field_size_limit(LONGEST_CELL)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows = csv.reader(text, strict=True)
    try:
        header = next(rows, None)
        if header is None:
            raise FileUnusable("the file", "is empty; a CSV begins with a line of names")
        if len(set(header)) != len(header) or "" in header:
            raise FileUnusable("line 1", "names of columns must be there, and differ from each other")
        read = cells.reader(header)
        line = rows.line_num + 1
        for row in rows:
            if row:
                yield Record(line, read(row))
            line = rows.line_num + 1
    except (csv.Error, UnicodeDecodeError) as error:
        raise FileUnusable(f"line {rows.line_num}", f"is not CSV in UTF-8: {error}") from None


def _ndjson(file: BinaryIO) -> Iterator[Record]:
    for number, line in enumerate(file, 1):
        if text := line.strip():
            try:
                yield Record(number, parse(text))
            except JsonInvalid as error:
                yield Record(number, RecordInvalid(f"is not valid JSON: {error}"))


def _json(file: BinaryIO) -> Iterator[Record]:
    try:
        values = parse(file.read())
    except JsonInvalid as error:
        raise FileUnusable("the file", f"is not valid JSON: {error}") from None
    if not isinstance(values, list):
        raise FileUnusable("the file", "must hold a JSON array of documents; NDJSON has one a line")
    for number, value in enumerate(values, 1):
        yield Record(number, value)
