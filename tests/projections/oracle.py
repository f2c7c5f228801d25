"""What must be in Redis: the fold of the log, written down as plainly as can be; and what is there."""

import struct
from collections.abc import Mapping
from itertools import chain
from typing import Any, NamedTuple

from catalog.declared import Index
from events.commit import Commit
from events.document import ABSENT, Document, Present, apply, response_body
from events.position import Position, partition_of
from projections.entries import entries, surplus
from projections.shape import EMPTY, Shape, read_shape
from tests.projections.views.plainly import ViewContents, ViewFound, expected, read
from tests.projections.world import World, until

Kept = dict[str, "Contents"]


class Contents(NamedTuple):
    """A generation: rows by id, the members of its index in order, of declared ones with surplus, and views."""

    rows: dict[bytes, bytes]
    members: list[bytes]
    indexes: dict[str, tuple[list[bytes], list[bytes]]] = {}  # noqa: RUF012 - never changed
    views: dict[str, ViewContents] = {}  # noqa: RUF012 - never changed


class Moment(NamedTuple):
    """What readers could see at one moment. None where a partition has no checkpoint."""

    checkpoints: list[Position | None]
    kept: Kept
    shapes: dict[str, Shape]


_SNAPSHOT = """
local prefix, partitions = ARGV[1], tonumber(ARGV[2])
local stands, generations = {}, {}
for p = 0, partitions - 1 do stands[p + 1] = redis.call('GET', prefix .. ':live:checkpoint:' .. p) end
local live = redis.call('HGETALL', prefix .. ':live:generations')
local function members(key) return redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') end
local function found_of(key, view)
  local place, orders, paths = key .. ':' .. view.name, {}, {}
  for at = 0, #view.groups - 1 do
    orders[at + 1] = {tostring(at), members(prefix .. ':viewindex' .. place .. ':' .. at)}
  end
  for _, measure in ipairs(view.measures) do
    orders[#orders + 1] = {measure.name, members(prefix .. ':viewindex' .. place .. ':' .. measure.name)}
    if measure.path ~= cjson.null then
      local path = place .. ':' .. measure.path
      local counts, ordered = prefix .. ':viewvalues' .. path, prefix .. ':viewordered' .. path
      paths[#paths + 1] = {measure.path, redis.call('HGETALL', counts), members(ordered)}
    end
  end
  for _, order in ipairs(view.orders or {}) do
    local name = {}
    for at, field in ipairs(order.fields) do name[at] = (field.descending and '-' or '') .. field.path end
    name = table.concat(name, ',')
    orders[#orders + 1] = {name, members(prefix .. ':viewindex' .. place .. ':' .. name)}
  end
  return {view.name, redis.call('HGETALL', prefix .. ':view' .. place), orders, paths}
end
for at = 1, #live, 2 do
  local key = ':' .. live[at] .. ':' .. string.match(live[at + 1], '^%d+')
  local shape, indexes, views = redis.call('GET', prefix .. ':shape' .. key), {}, {}
  local kept = shape and cjson.decode(shape) or {indexes = {}, views = {}}
  for place, view in ipairs(kept.views) do views[place] = found_of(key, view) end
  for place, fields in ipairs(kept.indexes) do
    local name = table.concat(fields, ',')
    local index, surplus = prefix .. ':index' .. key .. ':' .. name, prefix .. ':surplus' .. key .. ':' .. name
    indexes[place] = {name, members(index), members(surplus)}
  end
  generations[#generations + 1] = {
    live[at], shape, redis.call('HGETALL', prefix .. ':rows' .. key),
    members(prefix .. ':index' .. key .. ':created,'), indexes, views}
end
return {stands, generations}
"""


async def seen(world: World) -> Moment:
    """What is live in Redis now, all of it from one moment."""
    stands, generations = await world.redis.eval(_SNAPSHOT, 0, world.layout.prefix, world.log.partitions)
    kept, shapes = {}, {}
    for name, shape, rows, members, indexes, views in generations:
        shapes[name.decode()] = kept_shape = EMPTY if shape is None else read_shape(shape)
        kept[name.decode()] = Contents(
            _pairs(rows),
            _members(members),
            {index.decode(): (_members(found), _members(surplus)) for index, found, surplus in indexes},
            {view.decode(): read(kept_shape.views[view.decode()], _view(*found)) for view, *found in views},
        )
    return Moment(world.places(stands), kept, shapes)


def _view(rows: list[bytes], orders: list[Any], paths: list[Any]) -> ViewFound:
    return ViewFound(
        _pairs(rows),
        {name.decode(): _members(order) for name, order in orders},
        {path.decode(): _pairs(counts) for path, counts, _ in paths},
        {path.decode(): _members(ordered) for path, _, ordered in paths},
    )


def _pairs(found: list[bytes]) -> dict[bytes, bytes]:
    return dict(zip(found[::2], found[1::2], strict=True))


def _members(found: list[Any]) -> list[bytes]:
    assert all(float(score) == 0 for score in found[1::2])
    return found[::2]


async def folded(world: World, upto: list[Position], shapes: Mapping[str, Shape]) -> Kept:
    """The fold of the log up to one position per partition; only collections that have documents.

    shapes: what is kept of each collection.
    """
    commits = [commit for head in upto for commit in await _commits(world, head)]
    floors = {name: world.catalog.get(name).floors for name in _names(world)}  # type: ignore[union-attr]
    return fold(commits, floors, shapes)


def fold(
    commits: list[Commit], floors: Mapping[str, Mapping[int, int]], shapes: Mapping[str, Shape] | None = None
) -> Kept:
    """The same, of given commits. `floors`: of the declared collections."""
    documents: dict[str, dict[str, Document]] = {name: {} for name in floors}
    for commit in commits:
        name, _, id = commit.stream.partition("/")
        if name in floors and commit.position > floors[name].get(partition_of(commit.position), 0):
            documents[name][id] = apply(documents[name].get(id, ABSENT), commit)
    contents = {name: _contents(found, (shapes or {}).get(name, EMPTY)) for name, found in documents.items()}
    return only_filled(contents)


def only_filled(kept: Kept) -> Kept:
    """Without the generations that have no rows: a fold knows nothing of these."""
    return {name: contents for name, contents in kept.items() if contents.rows}


async def assert_equals_fold(world: World) -> None:
    """Redis holds the fold of the whole log, and no rows besides it."""
    heads = await world.heads()
    moment = await seen(world)
    assert moment.checkpoints == heads
    assert only_filled(moment.kept) == await folded(world, heads, moment.shapes)
    await assert_no_leftovers(world)


async def assert_no_leftovers(world: World) -> None:
    """Every row, index and view key belongs to a live generation, and nothing is being built."""
    generations = world.built.generations
    owned: set[str] = set()
    for name, number in (await generations.live()).items():
        owned |= set(world.layout.keys_of(name, number, await generations.shape(name, number)))
    assert await keys_of_generations(world) <= owned

    async def is_nothing_built() -> bool:
        return [key async for key in world.redis.scan_iter(f"{world.layout.prefix}:build:*")] == []

    await until(is_nothing_built)  # a lease is given back a moment after the step that ends what it was for


async def keys_of_generations(world: World) -> set[str]:
    """The keys of generations that there are, live or not."""
    of_documents = ("rows", "index", "surplus", "shape", "parked")
    kinds = (*of_documents, "view", "viewindex", "viewvalues", "viewordered")
    return {
        key.decode() for kind in kinds async for key in world.redis.scan_iter(f"{world.layout.prefix}:{kind}:*")
    }


def _contents(documents: dict[str, Document], shape: Shape) -> Contents:
    rows, members = {}, []
    present = {id: document for id, document in documents.items() if isinstance(document, Present)}
    for id, document in present.items():
        born = int(document.birth.at.timestamp() * 1000 + 0.5)
        order = struct.pack(">QQ", born, document.birth.position)
        rows[id.encode()] = struct.pack(">I", document.version) + order + response_body(id, document)
        members.append(order + id.encode())
    bodies = [document.body for document in present.values()]
    return Contents(
        rows,
        sorted(members),
        {index.name: _index(index, present) for index in shape.indexes},
        {name: expected(view, bodies) for name, view in shape.views.items()},
    )


def _index(index: Index, documents: Mapping[str, Present]) -> tuple[list[bytes], list[bytes]]:
    found = [entries(index, id, document) for id, document in documents.items()]
    return sorted(chain(*found)), sorted(chain(*map(surplus, found)))


async def _commits(world: World, head: Position) -> list[Commit]:
    partition = partition_of(head)
    found: list[Commit] = []
    after = Position(partition << 40)
    while after < head:
        found += await world.log.read_partition(partition, after=after, limit=100_000, until=head)
        after = found[-1].position
    return found


def _names(world: World) -> list[str]:
    return list(world.catalog._knowledge.live)
