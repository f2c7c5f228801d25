"""Whether a projector of this machine lives: the health check of its container."""

import asyncio
import socket

from app.redis_client import redis_client
from app.settings import Settings
from projections.heartbeat import Heartbeats
from projections.layout import Layout


def heard_of_lately(settings: Settings) -> bool:
    """Whether a projector of this host name gave a sign of life within the last 5 seconds.

    Raises: ProjectionAway, when Redis can not be asked.
    """
    return asyncio.run(_heard(settings, f"{socket.gethostname()}-"))


async def _heard(settings: Settings, prefix: str) -> bool:
    client = redis_client(settings)
    try:
        beats = await Heartbeats(client, Layout(settings.database)).alive()
    finally:
        await client.aclose()
    return any(beat.name.startswith(prefix) for beat in beats)
