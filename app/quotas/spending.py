"""Spending: requests of one tick of the event loop are counted with one command.

A quota comes back evenly, one request after the other, and not all of it at the end of a window: what was used
up is kept as a time, which passes. That is the generic cell rate algorithm (ITU-T I.371), where a request is a
cell, and a window the tolerance.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from math import ceil
from typing import Any, Final

from app.quotas.quota import Quota, Spent
from projections.client import RedisClient
from projections.scripts import ALLOW_OOM
from queries.lane import Lane

PATIENCE: Final = 0.1
"""Seconds that a request waits to be counted."""

LOOKS: Final = 5
"""It is looked so often whether it was: what this process does itself meanwhile costs one look at most."""

MOST_AT_ONCE: Final = 100

KEYS: Final = ":quota:"
"""What a key has between the deployment's prefix and the name of a caller."""

# What keys begin with, requests, seconds, then who asks.
# For each: requests left, and the microseconds until the quota is whole, and until a request may be made.
# A microsecond too early is early enough: Redis keeps whole ones.
_SPEND: Final = (
    ALLOW_OOM
    + """
local prefix, most, window = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]) * 1000000
local time = redis.call('TIME')
local now, each, answers = time[1] * 1000000 + time[2], window / most, {}
for place = 4, #ARGV do
  local key = prefix .. ARGV[place]
  local used = math.min(math.max((tonumber(redis.call('GET', key) or 0)) - now, 0), window)
  local wait = math.max(used + each - window - 1, 0)
  if wait == 0 then
    used = used + each
    redis.call('SET', key, string.format('%.0f', now + used), 'PX', math.ceil(used / 1000))
  end
  local left = math.max(math.floor((window - used + 1) / each), 0)
  answers[place - 3] = {left, math.ceil(used - 1), math.ceil(wait)}
end
return answers
"""
)

Waiting = Sequence[tuple[str, "asyncio.Future[Spent | None]"]]


class Spending:
    """Counts requests against a quota, for every caller alone."""

    def __init__(self, redis: RedisClient, prefix: str, quota: Quota) -> None:
        self._lane = Lane(redis, _SPEND)
        self._head = (prefix + KEYS, quota.requests, quota.seconds)
        self._waiting: list[tuple[str, asyncio.Future[Spent | None]]] = []

    async def spend(self, who: str) -> Spent | None:
        """Count a request; None where Redis does not answer, or not soon."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Spent | None] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._send)
        self._waiting.append((who, answer))
        if len(self._waiting) >= MOST_AT_ONCE:
            self._send()
        for _ in range(LOOKS):
            await asyncio.wait((answer,), timeout=PATIENCE / LOOKS)
            if answer.done():
                return answer.result()
        return None

    def _send(self) -> None:
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self._lane.call([*self._head, *(who for who, _ in waiting)], partial(_take, waiting))


def _take(waiting: Waiting, told: Any) -> None:
    answers = [None] * len(waiting) if isinstance(told, Exception) else map(_spent, told)
    for (_, answer), spent in zip(waiting, answers, strict=True):
        if not answer.done():
            answer.set_result(spent)


def _spent(told: tuple[int, int, int]) -> Spent:
    left, whole, again = told
    return Spent(left, ceil(whole / 1e6), ceil(again / 1e6))
