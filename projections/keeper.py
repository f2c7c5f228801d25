"""Who keeps the live projections of one partition up to date: when he was heard of, and whether all is well."""

from typing import NamedTuple

from redis.exceptions import RedisError

from projections.client import RedisClient
from projections.errors import ProjectionAway
from projections.heartbeat import Heartbeats
from projections.layout import Layout
from projections.shares import Shares


class Keeper(NamedTuple):
    """The projector that has a partition. silent: seconds since its last sign of life; more than
    `Shares.SECONDS`, and others may take over. in_trouble: something keeps it from its work.
    """

    silent: float
    in_trouble: bool


async def keeper_of(redis: RedisClient, layout: Layout, partition: int) -> Keeper | None:
    """None where nobody has the partition. Raises ProjectionAway."""
    try:
        async with redis.pipeline(transaction=False) as look:
            look.time().hget(layout.leases, str(partition)).zrange(layout.living, 0, -1, withscores=True)
            (seconds, microseconds), owner, living = await look.execute()
    except (RedisError, OSError) as error:
        raise ProjectionAway(str(error)) from error
    until = dict(living).get(owner)
    if until is None:
        return None
    silent = max(0.0, Shares.SECONDS - (until - seconds - microseconds / 1e6))
    beats = [beat for beat in await Heartbeats(redis, layout).alive() if beat.name == owner.decode()]
    troubles = [part.trouble for beat in beats for part in beat.partitions[partition : partition + 1]]
    return Keeper(silent, any(troubles))
