"""`foldbase projections`: steer rebuilds, and go back to the generation before."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from app.cli.counting import counted
from app.cli.options import Data
from app.cli.running import run
from app.starting import plainly

if TYPE_CHECKING:
    from projections.jobs import Job
    from projections.steering import Steering

T = TypeVar("T")

Collection = Annotated[str, typer.Argument(help="Which one.", show_default=False)]

projections = typer.Typer(
    help="Steer rebuilds, and go back to the generation before.", no_args_is_help=True, add_completion=False
)


@projections.command()
def pause(collection: Collection, data: Data = None) -> None:
    """Let a rebuild rest where it is."""
    job = _steered(data, collection, lambda steering: steering.pause(collection))
    typer.echo(f"{collection}: paused at {_progress(job)}")


@projections.command()
def resume(collection: Collection, data: Data = None) -> None:
    """Let a rebuild that was paused go on."""
    job = _steered(data, collection, lambda steering: steering.resume(collection))
    typer.echo(f"{collection}: goes on at {_progress(job)}")


@projections.command()
def cancel(collection: Collection, data: Data = None) -> None:
    """End a rebuild, and free what it made."""
    _steered(data, collection, lambda steering: steering.cancel(collection))
    typer.echo(f"{collection}: cancelled")


@projections.command()
def rollback(collection: Collection, data: Data = None) -> None:
    """Let readers see the generation that was kept. Do it again to undo it."""
    generation = _steered(data, collection, lambda steering: steering.rollback(collection))
    typer.echo(f"{collection}: generation {generation.number} is live")


@projections.command()
def forget(collection: Collection, data: Data = None) -> None:
    """Free the generation that is kept."""
    _steered(data, collection, lambda steering: steering.forget(collection))
    typer.echo(f"{collection}: no generation is kept any more")


def _progress(job: "Job") -> str:
    return f"{job.done:,} of {counted(job.total, 'commit')}" if job.total else counted(job.done, "commit")


def _steered(data: Path | None, collection: str, steer: Callable[["Steering"], Awaitable[T]]) -> T:
    """Do one thing to one collection's projection. Raises what `steer` raises, and CollectionMissing."""
    with plainly():
        from app.cli.deployment import find
        from app.stores import stores
        from projections.steering import Steering

    async def steered() -> T:
        async with stores(find(data)) as opened:
            await opened.catalog.find(collection)
            log = opened.log
            return await steer(Steering(opened.redis, opened.layout, log.id, log.partitions))

    return run(steered())
