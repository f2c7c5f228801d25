"""Rows before a batch: read in one command, and no more of them than one step should hold."""

import sys
from collections.abc import Sequence

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


async def rows_before(
    step: RedisPipeline, key: str, ids: Sequence[str], commits: Sequence[Commit], *, whole: bool = False
) -> dict[str, bytes]:
    """The rows of `ids`, as far as there are any; they must be known before `commits` can be applied.

    step:   is watching. key: where the rows are.
    whole:  all of them, however large they are.
    Raises: StepTooLarge where they are too large together; what comes before the commit it names has room.
    """
    most = sys.maxsize if whole else MOST_BYTES
    found = await step.eval(_READ, 1, key, AT_ONCE, most, *ids) if ids else []
    if len(found) < len(ids):
        left_out = ids[len(found)]
        raise StepTooLarge(next(each for each in commits if each.version and id_of(each.stream) == left_out))
    return {id: row for id, row in zip(ids, found, strict=True) if row is not None}
