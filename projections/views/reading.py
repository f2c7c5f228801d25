"""Reading what a batch needs to know of views: rows and counts it touches, values next to those that went."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from projections.client import RedisPipeline
from projections.views.changes import Known, Place, Turnovers
from projections.views.deltas import Deltas
from projections.views.keys import ViewKeys
from projections.views.rows import ID_BYTES, read_group
from projections.views.turnover import Remaining, loses_greatest, loses_least

# KEYS: hashes. ARGV: for each key how many fields, then these. Answers the values of each key.
_HASHES = """
local answer, at = {}, 1
for place, key in ipairs(KEYS) do
  local found, last = {}, at + ARGV[at]
  for first = at + 1, last, 1000 do
    for _, value in ipairs(redis.call('HMGET', key, unpack(ARGV, first, math.min(first + 999, last)))) do
      found[#found + 1] = value
    end
  end
  answer[place], at = found, last + 1
end
return answer
"""

# KEYS: sorted sets. ARGV: for each key the id of a group, how many of its least and how many of its greatest.
_OUTERMOST = """
local answer = {}
for place, key in ipairs(KEYS) do
  local low, high = '[' .. ARGV[3 * place - 2], '(' .. ARGV[3 * place - 2] .. '\\255'
  answer[place] = {
    redis.call('ZRANGE', key, low, high, 'BYLEX', 'LIMIT', 0, ARGV[3 * place - 1]),
    redis.call('ZRANGE', key, high, low, 'BYLEX', 'REV', 'LIMIT', 0, ARGV[3 * place])}
end
return answer
"""


class Work(NamedTuple):
    """What a batch changes in one view, and where that lies."""

    keys: ViewKeys
    deltas: Deltas


class _Sought(NamedTuple):
    key: str
    id: bytes
    place: Place
    least: int
    greatest: int


async def read_known(step: RedisPipeline, works: Sequence[Work]) -> list[Known]:
    """What is known of the groups that each batch touches. It does not change before the step ends."""
    if not works:
        return []
    await step.watch(*(work.keys.rows for work in works))
    keys: list[str] = []
    arguments: list[bytes | int] = []
    for work in works:
        for key, fields in _fields(work):
            keys.append(key)
            arguments += (len(fields), *fields)
    answers = iter(await step.eval(_HASHES, len(keys), *keys, *arguments))
    return [
        _known(work.deltas, next(answers), [next(answers) for _ in work.deltas.view.valued]) for work in works
    ]


async def read_remaining(
    step: RedisPipeline, work: Work, known: Known, turned: Turnovers
) -> dict[Place, Remaining]:
    """The outermost values of all places that lost one."""
    sought = list(_sought(work, known, turned))
    if not sought:
        return {}
    arguments = [part for one in sought for part in (one.id, one.least, one.greatest)]
    answers = await step.eval(_OUTERMOST, len(sought), *(one.key for one in sought), *arguments)
    return {
        one.place: Remaining(*([member[ID_BYTES:] for member in side] for side in sides))
        for one, sides in zip(sought, answers, strict=True)
    }


def _fields(work: Work) -> Iterable[tuple[str, list[bytes]]]:
    groups, keys = work.deltas.groups, work.keys
    yield keys.rows, [delta.id for delta in groups.values()]
    for place, path in enumerate(work.deltas.view.valued):
        yield keys.values[path], [field for field, _, _ in _values(work.deltas, place)]


def _values(deltas: Deltas, place: int) -> Iterable[tuple[bytes, bytes, bytes]]:
    for key, delta in deltas.groups.items():
        for value, change in delta.values[place].items():
            if change:
                yield delta.id + value, key, value


def _known(deltas: Deltas, rows: list[bytes | None], counted: list[list[bytes | None]]) -> Known:
    counts: dict[Place, dict[bytes, int]] = {}
    for place, (path, found) in enumerate(zip(deltas.view.valued, counted, strict=True)):
        for (_, key, value), count in zip(_values(deltas, place), found, strict=True):
            if count is not None:
                counts.setdefault((key, path), {})[value] = int(count)
    there = {key: row for key, row in zip(deltas.groups, rows, strict=True) if row is not None}
    return Known(there, counts)


def _sought(work: Work, known: Known, turned: Turnovers) -> Iterable[_Sought]:
    view = work.deltas.view
    for (key, path), change in turned.items():
        if path in view.ordered and change.went:
            spread = read_group(known.rows[key]).spreads[view.valued.index(path)]
            enough: Any = len(change.went) + 1
            least, greatest = loses_least(spread, change), loses_greatest(spread, change)
            if least or greatest:
                id = work.deltas.groups[key].id
                yield _Sought(work.keys.ordered[path], id, (key, path), least * enough, greatest * enough)
