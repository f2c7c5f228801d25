"""`foldbase parked`: work off documents with commits that could not be applied."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from app.cli.counting import counted
from app.cli.options import Data
from app.cli.running import run
from app.starting import plainly

if TYPE_CHECKING:
    from projections.parked import Parked
    from projections.parking import Parking

T = TypeVar("T")

OPERATOR = "operator"

Collection = Annotated[str, typer.Argument(help="Of which collection.", show_default=False)]
Id = Annotated[str, typer.Argument(help="Which document.", show_default=False)]

parked = typer.Typer(
    help="Work off documents with commits that could not be applied.",
    no_args_is_help=True,
    add_completion=False,
)


@parked.command("list")
def list_(data: Data = None) -> None:
    """Say what is parked: document, position, how many commits wait, since when, how often tried, why."""
    there = _done(data, lambda parking: parking.all())
    if not there:
        typer.echo("nothing is parked", err=True)
    for (collection, id), found in there.items():
        typer.echo("\t".join((f"{collection}/{id}", *_told(found))))


@parked.command()
def show(collection: Collection, id: Id, data: Data = None) -> None:
    """Say why a document is parked, and what waits."""
    found = _done(data, lambda parking: parking.find(collection, id))
    typer.echo("\t".join((f"{collection}/{id}", *_told(found))))
    for commit in _done(data, lambda parking: parking.commits(collection, id)):
        types = ", ".join(event.type for event in commit.events)
        typer.echo(
            f"{commit.position}\tversion {commit.version}\t{commit.at.isoformat()}\t{commit.actor}\t{types}"
        )


@parked.command()
def retry(collection: Collection, id: Id, data: Data = None) -> None:
    """Apply what waits, as far as it can be. Ends with 1 when something is parked still."""
    _tell(collection, id, _done(data, lambda parking: parking.retry(collection, id)))


@parked.command()
def skip(collection: Collection, id: Id, data: Data = None) -> None:
    """Leave out the commit that cannot be applied, in every rebuild too; then as retry."""
    _tell(collection, id, _done(data, lambda parking: parking.skip(collection, id, OPERATOR)))


def _tell(collection: str, id: str, still: "Parked | None") -> None:
    if still is not None:
        typer.echo("\t".join((f"{collection}/{id}", *_told(still))))
        raise typer.Exit(1)
    typer.echo(f"{collection}/{id}: everything is applied")


def _told(parked: "Parked") -> tuple[str, ...]:
    since = datetime.fromtimestamp(parked.since, UTC).isoformat(timespec="seconds")
    tried = counted(parked.attempts, "attempt")
    return str(parked.position), f"{parked.waiting} waiting", f"since {since}", tried, parked.error


def _done(data: Path | None, work: Callable[["Parking"], Awaitable[T]]) -> T:
    """Do one thing with the parked documents. Raises what `work` raises."""
    with plainly():
        from app.cli.deployment import find
        from app.stores import stores
        from projections.parking import Parking

    async def done() -> T:
        async with stores(find(data)) as opened:
            return await work(Parking(opened.redis, opened.layout, opened.log, opened.catalog))

    return run(done())
