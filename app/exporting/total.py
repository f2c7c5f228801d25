"""How many documents an export will go through, as the projections count them: to tell how far it is."""

from redis.exceptions import RedisError

from app.stores import Stores
from projections.errors import ProjectionAway
from projections.generations import Generations


async def documents_now(stores: Stores, collection: str) -> int | None:
    """How many documents the collection has, about; None where the projections can not tell."""
    redis, layout, log = stores.redis, stores.layout, stores.log
    try:
        live = await Generations(redis, layout, log.id, log.partitions).live()
        if collection not in live:
            return None
        return int(await redis.hlen(layout.rows(collection, live[collection])))
    except (ProjectionAway, RedisError, OSError):
        return None
