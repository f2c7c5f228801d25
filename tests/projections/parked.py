"""Parked documents of a test: what parks one, what is told of it, and how its event becomes known."""

from typing import Any

import orjson
import pytest

from events.commit import Event, NewCommit
from events.position import Version, stream_name
from projections.parked import Parked
from projections.parking import Parking
from projections.row import Row, read_row
from tests.projections.oracle import Moment, seen
from tests.projections.world import World

UNKNOWN = Event("frobbed", {"n": 1})
DECLARED: dict[str, Any] = {
    "indexes": [["n"]],
    "views": {"all": {"measures": {"documents": "count", "sum": {"sum": "n"}}}},
}


async def append(world: World, id: str, *events: Event) -> int:
    """Append what no command would, in one commit; its position."""
    stream = stream_name("orders", id)
    commits = await world.log.read(stream)
    expected = commits[-1].last_version if commits else Version(0)
    return (await world.log.append(NewCommit(stream, expected, list(events), "user:eve"))).position


def patched(n: int) -> Event:
    """The event of a patch."""
    return Event("patched", {"set": {"n": n}, "unset": []})


def lot(world: World) -> Parking:
    """The parked documents of a world."""
    return Parking(world.built.stores.redis, world.layout, world.log, world.catalog)


async def row(world: World, id: str) -> Row:
    """The row that readers see."""
    found, _ = await world.queries.get("orders", id)
    return found


async def rows(world: World) -> dict[bytes, dict[str, Any]]:
    """The bodies of all rows."""
    moment = await seen(world)
    return {id: orjson.loads(read_row(found).body) for id, found in moment.kept["orders"].rows.items()}


async def with_a_parked_document(world: World) -> int:
    """o1 to o3; o1 has an event nobody knows, at the position that is answered, and one commit after it."""
    await world.declare("orders", **DECLARED)
    await world.create("orders", ["o1", "o2", "o3"])
    place = await append(world, "o1", UNKNOWN)
    await append(world, "o1", patched(20))
    return place


def shown(moment: Moment) -> Any:
    """What readers can see of orders."""
    return moment.kept["orders"]


async def told(world: World) -> dict[tuple[str, str], Parked]:
    """What is parked, without when."""
    return {
        place: parked.model_copy(update={"since": 0, "attempts": 0})
        for place, parked in (await lot(world).all()).items()
    }


async def is_empty(world: World) -> bool:
    """Whether nothing is parked."""
    return not await lot(world).all()


def learn(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on `frobbed` is an event that changes nothing."""
    from projections import fold

    apply = fold.apply

    def knowing(document: Any, commit: Any) -> Any:
        known = [event for event in commit.events if event.type != "frobbed"]
        if known:
            return apply(document, commit._replace(events=known))
        return document._replace(version=commit.last_version, position=commit.position)

    monkeypatch.setattr(fold, "apply", knowing)
