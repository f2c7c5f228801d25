"""Holding the live checkpoints where they are, while a rebuild takes its place beside them."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from redis.exceptions import RedisError

from projections.client import RedisClient
from projections.guarded import away
from projections.layout import Layout

LONGEST = 0.7
"""Seconds after which the live ones go on, whatever became of who held them."""

AGAIN = 0.01

_LET_GO = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.call('PUBLISH', KEYS[2], '')
end
"""


@asynccontextmanager
async def held(redis: RedisClient, layout: Layout) -> AsyncIterator[None]:
    """The live checkpoints stand still while in here, for 0.7 seconds at most. Raises ProjectionAway.

    A step that was under way may still be taken. It is a courtesy to the one who holds and no lock: what is
    done in here must be guarded.
    """
    mine = secrets.token_hex(8)
    try:
        while not await redis.set(layout.live.hold, mine, nx=True, px=int(LONGEST * 1000)):  # noqa: ASYNC110
            await asyncio.sleep(AGAIN)
    except (RedisError, OSError) as error:
        raise away(error) from error
    try:
        yield
    finally:
        with suppress(RedisError, OSError):
            await redis.eval(_LET_GO, 2, layout.live.hold, layout.appended, mine)
