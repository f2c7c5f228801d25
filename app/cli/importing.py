"""`foldbase import`: load a file into a collection, through the commands."""

import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.choices import choice
from app.cli.options import Data
from app.cli.running import run
from app.starting import plainly

if TYPE_CHECKING:
    from app.importing.job import ImportJob
    from app.importing.remote import Remote
    from app.importing.summary import Summary


class Format(StrEnum):
    """What a file holds, where its name does not tell."""

    CSV = "csv"
    NDJSON = "ndjson"
    JSON = "json"


class OnConflict(StrEnum):
    """What to do with a record whose id is taken."""

    FAIL = "fail"
    SKIP = "skip"
    REPLACE = "replace"


def import_(
    collection: Annotated[str, typer.Argument(help="Where the documents go.")],
    file: Annotated[str, typer.Argument(help="CSV, NDJSON or JSON, also .gz or .zip; - for standard input.")],
    id: Annotated[str | None, typer.Option(help="The field whose value becomes the id; it stays.")] = None,
    format: Annotated[Format | None, choice(Format, "Where the name does not tell.")] = None,
    null: Annotated[list[str] | None, typer.Option(help="A text that means no value, besides none.")] = None,
    on_conflict: Annotated[OnConflict, choice(OnConflict, "When the id is taken.")] = OnConflict.FAIL,
    data: Data = None,
    url: Annotated[str | None, typer.Option(help="Address of a deployment elsewhere, or FOLDBASE_URL.")] = None,
    token: Annotated[str | None, typer.Option(help="A token of that deployment, or FOLDBASE_TOKEN.")] = None,
    key: Annotated[
        str | None, typer.Option(help="Go on with the import into a deployment elsewhere that told this key.")
    ] = None,
) -> None:
    """Import a file. Exits with 0 when everything went in, with 1 when something was refused."""
    from app.cli.remote import remote_of
    from app.importing.job import ImportJob

    job = ImportJob(collection, file, id, format and format.value, tuple(null or ()), on_conflict.value)
    remote = remote_of(data, url, token, key)
    started = time.monotonic()
    summary = _here(data, job) if remote is None else _elsewhere(remote, job)
    _tell(collection, summary, time.monotonic() - started)
    raise typer.Exit(1 if summary.refused_count else 0)


def _here(data: Path | None, job: "ImportJob") -> "Summary":
    with plainly():
        from app.cli.deployment import find
        from app.importing.here import run_import
        from app.memory import tune_memory

    tune_memory()
    return run(run_import(find(data), job))


def _elsewhere(remote: "Remote", job: "ImportJob") -> "Summary":
    from app.importing.remote import run_remote
    from app.memory import tune_memory

    tune_memory()
    return run_remote(remote, job)


def _tell(collection: str, summary: "Summary", seconds: float) -> None:
    typer.echo(
        f"{collection}: {summary.stored:,} stored, {summary.unchanged:,} unchanged, "
        f"{summary.skipped:,} skipped, {summary.refused_count:,} refused, in {seconds:.1f} s"
    )
    for line, reason in sorted(summary.refused):
        typer.echo(f"  line {line}: {reason}", err=True)
    if summary.refused_count > len(summary.refused):
        typer.echo(f"  and {summary.refused_count - len(summary.refused):,} more", err=True)
