"""`foldbase rebuild`: fill projections anew from the log, beside the live ones, then switch to them."""

from typing import Annotated

import typer

from app.cli.options import Data


def rebuild(
    collection: Annotated[str | None, typer.Argument(help="Which one.", show_default=False)] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every collection, one after the other.")] = False,
    data: Data = None,
) -> None:
    """Rebuild projections; readers see the old ones until the new ones are there. Ends when they are."""
    import uvloop

    from app.cli.deployment import find
    from app.rebuilding import rebuild as rebuild_projections

    if (collection is None) != everything:
        raise typer.BadParameter("name one collection, or --all")
    names = [] if collection is None else [collection]
    for job in uvloop.run(rebuild_projections(find(data), names)):
        seconds = (job.finished_at or 0) - (job.started_at or 0)
        rate = job.done / seconds if seconds > 0 else 0.0
        typer.echo(f"{job.collection}: {job.done:,} commits in {seconds:.1f} s ({rate:,.0f}/s), live")
