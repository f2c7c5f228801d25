"""Whether collections are there to be read, as far as Redis alone knows."""

from collections.abc import Sequence

from redis.exceptions import RedisError

from projections.client import RedisClient
from projections.errors import ProjectionAway
from projections.layout import Layout


async def is_live(redis: RedisClient, layout: Layout, collections: Sequence[str]) -> bool:
    """Whether each of them has a live generation; one that was declared just now has none yet.

    Raises: ProjectionAway.
    """
    try:
        return None not in await redis.hmget(layout.live.generations, list(collections))
    except (RedisError, OSError) as error:
        raise ProjectionAway(str(error)) from error
