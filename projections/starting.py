"""Starting generations: numbers that are given once, and what is decided of a generation when it begins."""

from projections.client import RedisPipeline
from projections.generation import Copy, Generation
from projections.layout import Layout, Target

# The time, unless that was given already: a Redis that was lost, or came back with an old copy, would count
# over again, and processes that remember the shape of a generation would take another one's for it.
_NEXT = """
local time = redis.call('TIME')
local last = tonumber(redis.call('GET', KEYS[1]) or '0')
local number = math.max(last + 1, time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('SET', KEYS[1], string.format('%.0f', number))
return number
"""


async def next_number(step: RedisPipeline, layout: Layout) -> int:
    """A number that no generation has, had or will have. To be asked before MULTI."""
    return int(await step.eval(_NEXT, 1, layout.counter))


def queue_start(step: RedisPipeline, layout: Layout, target: Target, copy: Copy, incarnation: int) -> None:
    """Queue the beginning of a generation."""
    step.hset(target.generations, copy.collection, Generation(copy.number, incarnation).write())
    step.set(layout.shape(copy.collection, copy.number), copy.shape.text())
