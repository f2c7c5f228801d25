"""`foldbase export`: a collection or a view as it was at one position, as a file."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.choices import choice
from app.cli.counting import counted
from app.cli.options import Data
from app.cli.running import run
from app.starting import plainly


class ExportFormat(StrEnum):
    """What the file is to be."""

    NDJSON = "ndjson"
    CSV = "csv"
    PARQUET = "parquet"
    ARROW = "arrow"


def export(
    collection: Annotated[str, typer.Argument(help="Which one.")],
    view: Annotated[str | None, typer.Argument(help="Rows of this view instead.", show_default=False)] = None,
    format: Annotated[ExportFormat | None, choice(ExportFormat, "Where the name does not tell.")] = None,
    at: Annotated[
        str | None, typer.Option(help="As of this position; of several partitions, one each, with commas.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="The file; without it, standard output.")] = None,
    defused: Annotated[
        bool, typer.Option("--defused", help="CSV: an apostrophe before text that could be a formula.")
    ] = False,
    data: Data = None,
) -> None:
    """Export documents, or rows of a view, from the log: all of one position, whatever is written meanwhile."""
    import sys

    with plainly():
        from app.cli.deployment import find
        from app.exporting.formats import format_of
        from app.exporting.job import ExportJob, run_export

    named = format_of(output.name) if output else None
    name = format.value if format else named.name if named else None
    if name is None:
        raise typer.BadParameter("say with --format what to write: ndjson, csv, parquet or arrow")
    if output is None and name in ("parquet", "arrow") and sys.stdout.isatty():
        raise typer.BadParameter(f"{name} is nothing to look at; name a file with --output")
    done = run(run_export(find(data), ExportJob(collection, view, name, at, output, defused)))
    records = counted(done.records, "row" if view else "document")
    told = f"{records} as of {done.position}, {counted(done.size, 'byte')}, in {done.seconds:.1f} s"
    typer.echo(f"{collection}: {told}", err=True)
