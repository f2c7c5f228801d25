"""Comparing two generations of a collection that stand at one position, inside Redis, byte by byte.

Every piece is compared in one script, while nothing else happens in Redis; and every step that changes the one
generation changes the other. So each row is compared as both have it at one and the same position, while
writers and readers go on. Comparing the bytes themselves where they are tells more than checksums would, and
moves none of them.
"""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import NamedTuple

from redis.exceptions import RedisError

from catalog.declared import View
from projections.client import RedisClient
from projections.entries import id_of_member
from projections.errors import ProjectionAway
from projections.generation import Copy
from projections.layout import BY_CREATION, Layout
from projections.row import ORDER_BYTES
from projections.shape import Shape

PIECE = 100
"""Rows of a piece, about. A row may have 1 MiB, and Redis does nothing else meanwhile."""

_COMPARE = """
local kind = redis.call('TYPE', KEYS[1]).ok
local scan, look = 'ZSCAN', 'ZSCORE'
if kind == 'hash' then scan, look = 'HSCAN', 'HGET' end
if kind == 'none' or kind == 'string' then return {'0', 0, {}} end
local function same(one, other)
  if one == other or not other then return one == other end
  return ARGV[3] ~= '' and string.match(one, ARGV[3]) == (string.match(other, ARGV[3]) or other)
end
local found, odd = redis.call(scan, KEYS[1], ARGV[1], 'COUNT', ARGV[2]), {}
for at = 1, #found[2], 2 do
  if not same(found[2][at + 1], redis.call(look, KEYS[2], found[2][at])) then odd[#odd + 1] = found[2][at] end
end
return {found[1], #found[2] / 2, odd}
"""

_WHAT_IS_PARKED = '^(.-),"since":'
"""Of a parked document, what follows from the log: not since when it is, nor how often it was tried again."""


class Piece(NamedTuple):
    """Rows that were compared, and what is called different: ids of documents, and views (`view NAME`)."""

    rows: int
    odd: list[str]


async def compare(redis: RedisClient, layout: Layout, one: Copy, other: Copy) -> AsyncGenerator[Piece, None]:
    """Compare what both generations keep, each with the other: rows, entries of indexes, and views.

    Raises: ProjectionAway.
    """
    common = _common(one.shape, other.shape)
    pairs = list(zip(_keys(layout, one, common), _keys(layout, other, common), strict=True))
    rows = layout.rows(one.collection, one.number), layout.rows(other.collection, other.number)
    parked = layout.parked(one.collection, one.number), layout.parked(other.collection, other.number)
    for mine, theirs in pairs:
        for keys in ((mine, theirs), (theirs, mine)):
            cursor: bytes | None = b"0"
            while cursor is not None:
                cursor, count, odd = await _piece(
                    redis, keys, cursor, _WHAT_IS_PARKED if mine in parked else ""
                )
                yield Piece(count if mine in rows else 0, [_named(layout, one, mine, each) for each in odd])


async def _piece(
    redis: RedisClient, keys: tuple[str, str], cursor: bytes, part: str
) -> tuple[bytes | None, int, list[bytes]]:
    """part: a Lua pattern; of what is written otherwise, what it captures is compared. Empty: all of it."""
    try:
        following, count, odd = await redis.eval(_COMPARE, 2, *keys, cursor, PIECE, part)
    except (RedisError, OSError) as error:
        raise ProjectionAway(str(error)) from error
    return None if following == b"0" else following, count, odd


def _common(one: Shape, other: Shape) -> Shape:
    """What both keep: of a new index or order, or a view that changed, there is nothing to compare with."""
    views = [_shared(view, other.views.get(name)) for name, view in one.views.items()]
    indexes = tuple(index for index in one.indexes if index in other.indexes)
    return Shape(indexes, {view.name: view for view in views if view is not None})


def _shared(one: View, other: View | None) -> View | None:
    """A view with the orders that both have; None where their rows differ. (1 equals true, but for repr.)"""
    if other is None or repr(replace(one, orders=())) != repr(replace(other, orders=())):
        return None
    return replace(one, orders=tuple(order for order in one.orders if order in other.orders))


def _keys(layout: Layout, copy: Copy, common: Shape) -> list[str]:
    return layout.keys_of(copy.collection, copy.number, common)


def _named(layout: Layout, copy: Copy, key: str, odd: bytes) -> str:
    """What a difference in `key` of the first generation is called."""
    place = copy.collection, copy.number
    if key in (layout.rows(*place), layout.parked(*place)):
        return odd.decode()
    if key == layout.index(*place, BY_CREATION):
        return odd[ORDER_BYTES:].decode()
    for view in copy.shape.views.values():
        if key in layout.keys_of_view(*place, view):
            return f"view {view.name}"
    return id_of_member(odd)
