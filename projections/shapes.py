"""The shapes of the generations that there are."""

from projections.client import RedisClient, RedisPipeline
from projections.layout import Layout
from projections.shape import EMPTY, Shape, read_shape

MOST_KNOWN = 10_000


class Shapes:
    """Reads the shape of each generation once: it never changes, and no number is ever given twice."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._known: dict[tuple[str, int], Shape] = {}

    async def of(self, redis: RedisClient | RedisPipeline, collection: str, generation: int) -> Shape:
        """The shape of a generation; EMPTY for one that was freed. Raises what `redis` raises."""
        known = self._known.get((collection, generation))
        if known is not None:
            return known
        text = await redis.get(self._layout.shape(collection, generation))
        if text is None:
            return EMPTY
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        shape = self._known[collection, generation] = read_shape(text)
        return shape
