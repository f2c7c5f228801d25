"""Freeing generations: all their keys go in the step from which on nobody sees them."""

from collections.abc import Mapping, Sequence

from projections.client import RedisPipeline
from projections.generation import Generation, collection_of
from projections.layout import Layout
from projections.shape import EMPTY, read_shape

KEYS_A_COMMAND = 1000


async def keys_of(step: RedisPipeline, layout: Layout, generations: Mapping[str, Generation]) -> list[str]:
    """Every key that generations, companions too, may have. To be asked before MULTI."""
    there = [(collection_of(name), each.number) for name, each in generations.items() if not each.is_vacant]
    if not there:
        return []
    texts = await step.mget([layout.shape(name, number) for name, number in there])
    shapes = [EMPTY if text is None else read_shape(text) for text in texts]
    owned = zip(there, shapes, strict=True)
    return [key for (name, number), shape in owned for key in layout.keys_of(name, number, shape)]


def queue_freeing(step: RedisPipeline, keys: Sequence[str]) -> None:
    """Queue the end of keys. UNLINK: Redis frees the memory in the background."""
    for start in range(0, len(keys), KEYS_A_COMMAND):
        step.unlink(*keys[start : start + KEYS_A_COMMAND])
