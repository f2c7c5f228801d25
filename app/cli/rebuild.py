"""`foldbase rebuild`: fill projections anew from the log, beside the live ones, then switch to them."""

from typing import Annotated

import typer

from app.cli.counting import counted
from app.cli.options import Data, given
from app.cli.running import run
from app.starting import plainly


def rebuild(
    collection: Annotated[str | None, typer.Argument(help="Which one.", show_default=False)] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every collection, one after the other.")] = False,
    verify: Annotated[
        bool | None,
        typer.Option("--verify", help="Compare new and live before the switch; differences stop it."),
    ] = None,
    max_rate: Annotated[int | None, typer.Option(help="Commits per second at most.", min=1)] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that share the work.", min=1, max=16, show_default="1")
    ] = None,
    keep: Annotated[
        bool | None,
        typer.Option("--keep", help="Keep the generation before, up to date, for `projections rollback`."),
    ] = None,
    data: Data = None,
) -> None:
    """Rebuild projections; readers see the old ones until the new ones are there. Ends when they are."""
    with plainly():
        from app.cli.deployment import find
        from app.forking_fillers import forking_fillers
        from app.rebuilding import rebuild as rebuild_projections

    if (collection is None) != everything:
        raise typer.BadParameter("name one collection, or --all")
    names = [] if collection is None else [collection]
    options = given(verify=verify, max_rate=max_rate, workers=workers, keep=keep)
    settings = find(data)
    with forking_fillers(settings) as forks:
        jobs = run(rebuild_projections(settings, names, options, forks))
    for job in jobs:
        seconds = (job.finished_at or 0) - (job.started_at or 0)
        rate = job.done / seconds if seconds > 0 else 0.0
        compared = f", {counted(job.compared, 'row')} compared" if job.compared is not None else ""
        commits = counted(job.done, "commit")
        typer.echo(f"{job.collection}: {commits} in {seconds:.1f} s ({rate:,.0f}/s){compared}, live")
