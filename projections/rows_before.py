"""Rows before a batch: read in one command, and no more of them than the step is allowed."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from events.commit import Commit
from events.position import id_of
from projections.client import RedisPipeline
from projections.errors import StepTooLarge

MOST_BYTES = 32 * 1024 * 1024
"""A step reads so many bytes of rows, and writes about as many: in memory it is some times that."""

AT_ONCE = 20
"""So many rows are read before they are measured."""

# KEYS: rows. ARGV: how many to read at a time, until how many bytes are reached, ids.
# The rows of the first ids: of all, or of as many as that comes to.
_READ = """#!lua flags=no-writes
local found, some, left = {}, tonumber(ARGV[1]), tonumber(ARGV[2])
local first = 3
while first <= #ARGV and left > 0 do
  local last = math.min(first + some - 1, #ARGV)
  for _, row in ipairs(redis.call('HMGET', KEYS[1], unpack(ARGV, first, last))) do
    found[#found + 1] = row
    left = left - (row and #row or 0)
  end
  first = last + 1
end
return found
"""


@dataclass(slots=True)
class Allowance:
    """How many bytes of rows a step may read still, of all collections and copies that it is about."""

    left: int = field(default_factory=lambda: MOST_BYTES)


def boundless() -> Allowance:
    """Rows of any size."""
    return Allowance(sys.maxsize)


async def rows_before(
    step: RedisPipeline, key: str, ids: Sequence[str], commits: Sequence[Commit], allowed: Allowance
) -> dict[str, bytes]:
    """The rows of `ids`, as far as there are any; they must be known before `commits` can be applied.

    step: is watching. key: where the rows are. allowed: has less left afterwards.
    Raises: StepTooLarge where they are too large together; what comes before the commit it names has room.
    """
    found = await step.eval(_READ, 1, key, AT_ONCE, allowed.left, *ids) if ids else []
    if len(found) < len(ids):
        left_out = ids[len(found)]
        raise StepTooLarge(next(each for each in commits if each.version and id_of(each.stream) == left_out))
    rows = {id: row for id, row in zip(ids, found, strict=True) if row is not None}
    allowed.left -= sum(map(len, rows.values()))
    return rows
