"""What must be in Redis: the fold of the log, written down as plainly as can be; and what is there."""

import struct
from collections.abc import Mapping
from typing import NamedTuple

from events.commit import Commit
from events.document import ABSENT, Document, Present, apply, response_body
from events.position import Position, partition_of
from tests.projections.world import World

Kept = dict[str, "Contents"]


class Contents(NamedTuple):
    """A generation: rows by id, and the members of its index in order."""

    rows: dict[bytes, bytes]
    members: list[bytes]


class Moment(NamedTuple):
    """What readers could see at one moment. None where a partition has no checkpoint."""

    checkpoints: list[Position | None]
    kept: Kept


_SNAPSHOT = """
local prefix, partitions = ARGV[1], tonumber(ARGV[2])
local stands, generations = {}, {}
for p = 0, partitions - 1 do stands[p + 1] = redis.call('GET', prefix .. ':live:checkpoint:' .. p) end
local live = redis.call('HGETALL', prefix .. ':live:generations')
for at = 1, #live, 2 do
  local key = ':' .. live[at] .. ':' .. string.match(live[at + 1], '^%d+')
  generations[#generations + 1] = {
    live[at], redis.call('HGETALL', prefix .. ':rows' .. key),
    redis.call('ZRANGE', prefix .. ':index' .. key .. ':created,', 0, -1, 'WITHSCORES')}
end
return {stands, generations}
"""


async def seen(world: World) -> Moment:
    """What is live in Redis now, all of it from one moment."""
    stands, generations = await world.redis.eval(_SNAPSHOT, 0, world.layout.prefix, world.log.partitions)
    kept = {}
    for name, rows, index in generations:
        members = dict(zip(index[::2], index[1::2], strict=True))
        assert all(float(score) == 0 for score in members.values())
        kept[name.decode()] = Contents(dict(zip(rows[::2], rows[1::2], strict=True)), list(members))
    return Moment(world.places(stands), kept)


async def folded(world: World, upto: list[Position]) -> Kept:
    """The fold of the log up to one position per partition; only collections that have documents."""
    commits = [commit for head in upto for commit in await _commits(world, head)]
    return fold(commits, {name: world.catalog.get(name).floors for name in _names(world)})  # type: ignore[union-attr]


def fold(commits: list[Commit], floors: Mapping[str, Mapping[int, int]]) -> Kept:
    """The same, of given commits. `floors`: of the declared collections."""
    documents: dict[str, dict[str, Document]] = {name: {} for name in floors}
    for commit in commits:
        name, _, id = commit.stream.partition("/")
        if name in floors and commit.position > floors[name].get(partition_of(commit.position), 0):
            documents[name][id] = apply(documents[name].get(id, ABSENT), commit)
    return {name: kept for name, found in documents.items() if (kept := _contents(found)).rows}


def only_filled(kept: Kept) -> Kept:
    """Without the generations that have no rows: a fold knows nothing of these."""
    return {name: contents for name, contents in kept.items() if contents.rows}


async def assert_equals_fold(world: World) -> None:
    """Redis holds the fold of the whole log, and no rows besides it."""
    heads = await world.heads()
    moment = await seen(world)
    assert moment.checkpoints == heads
    assert only_filled(moment.kept) == await folded(world, heads)
    await assert_no_leftovers(world)


async def assert_no_leftovers(world: World) -> None:
    """Every row and index key belongs to a live generation, and nothing is being built."""
    live = await world.built.generations.of(world.layout.live)
    owned = {key for name, found in live.items() for key in world.layout.keys_of(name, found.number)}
    assert await keys_of_generations(world) <= owned
    assert [key async for key in world.redis.scan_iter(f"{world.layout.prefix}:build:*")] == []


async def keys_of_generations(world: World) -> set[str]:
    """The keys of rows and indexes that there are, live or not."""
    kinds = ("rows", "index")
    return {
        key.decode() for kind in kinds async for key in world.redis.scan_iter(f"{world.layout.prefix}:{kind}:*")
    }


def _contents(documents: dict[str, Document]) -> Contents:
    rows, members = {}, []
    for id, document in documents.items():
        if isinstance(document, Present):
            born = int(document.birth.at.timestamp() * 1000 + 0.5)
            order = struct.pack(">QQ", born, document.birth.position)
            rows[id.encode()] = struct.pack(">I", document.version) + order + response_body(id, document)
            members.append(order + id.encode())
    return Contents(rows, sorted(members))


async def _commits(world: World, head: Position) -> list[Commit]:
    partition = partition_of(head)
    return await world.log.read_partition(partition, after=Position(partition << 40), limit=100_000, until=head)


def _names(world: World) -> list[str]:
    return list(world.catalog._knowledge.live)
