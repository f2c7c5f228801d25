"""What Redis holds of the views of the live collections, and what it should hold."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from catalog.declared import View
from events.document import ABSENT, Document, Present, apply
from events.position import Position, id_of, partition_of
from projections.views.keys import ViewKeys, keys_of
from projections.views.prepared import Prepared
from tests.projections.views.kept import KeptView
from tests.projections.world import World


class Contents(NamedTuple):
    """All of one view: rows, orders of rows by name, counts of values and their order by path."""

    rows: dict[bytes, bytes]
    orders: dict[str, set[bytes]]
    counts: dict[str, dict[bytes, int]]
    ordered: dict[str, set[bytes]]


_SNAPSHOT = """
local partitions = tonumber(ARGV[1])
local stands, found = {}, {}
for p = 1, partitions do stands[p] = redis.call('GET', KEYS[p]) end
for place = partitions + 1, #KEYS do
  local kind = redis.call('TYPE', KEYS[place]).ok
  if kind == 'hash' then
    found[#found + 1] = redis.call('HGETALL', KEYS[place])
  else
    found[#found + 1] = redis.call('ZRANGE', KEYS[place], 0, -1)
  end
end
return {stands, found}
"""


async def seen(world: World, collection: str, view: View) -> tuple[list[Position | None], Contents]:
    """Where the projections stand, and what there is of a view, from one moment."""
    number = (await world.built.generations.live())[collection]
    keys = keys_of(world.layout, collection, number, Prepared(view))
    checkpoints = world.layout.live.checkpoints(range(world.log.partitions))
    names = [*checkpoints, keys.rows]
    for some in (keys.orders, keys.values, keys.ordered):
        names += some.values()
    stands, [rows, *found] = await world.redis.eval(_SNAPSHOT, len(names), *names, len(checkpoints))
    return world.places(stands), _contents(keys, _pairs(rows), iter(found))


def _contents(keys: ViewKeys, rows: dict[bytes, bytes], found: Iterator[list[bytes]]) -> Contents:
    orders = {name: set(next(found)) for name in keys.orders}
    counts = {path: {name: int(n) for name, n in _pairs(next(found)).items()} for path in keys.values}
    return Contents(rows, orders, counts, {path: set(next(found)) for path in keys.ordered})


def _pairs(flat: list[bytes]) -> dict[bytes, bytes]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


async def folded(world: World, collection: str, view: View, upto: Iterable[Position | None]) -> Contents:
    """What there must be of a view: kept anew from the fold of the log up to one position per partition."""
    documents: dict[str, Document] = {}
    for head in upto:
        assert head is not None
        start = Position(partition_of(head) << 40)
        read = await world.log.read_partition(partition_of(head), after=start, limit=100_000, until=head)
        for commit in read:
            if commit.stream.startswith(f"{collection}/"):
                id = id_of(commit.stream)
                documents[id] = apply(documents.get(id, ABSENT), commit)
    kept = KeptView(view)
    kept.change({id: found for id, found in documents.items() if isinstance(found, Present)})
    return Contents(kept.rows, kept.orders, kept.counts, kept.ordered)
