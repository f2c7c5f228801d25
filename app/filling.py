"""A process that fills ranges of a rebuild, for as long as who started it lives. See app/fillers.py."""

import asyncio
import os
import sys
from contextlib import suppress
from typing import Never

import uvloop

from app.fillers import AGAIN, FILLED, Order
from app.logs import configure_logs
from app.memory import tune_memory
from app.settings import Settings
from app.signals import on_signal
from app.stores import stores
from events.background import Background
from projections.errors import STORE_AWAY, CheckpointMoved, ProjectionsFull
from projections.fence import Fence
from projections.filler import Filler
from projections.layout import RANGES_AT_ONCE

NICENESS = 5
"""What readers see goes before what is being built."""

FAILED = 1


def run_filler(settings: Settings, order: str) -> int:
    """Fill what `order`, JSON, says; the exit code. Why it is not 0 is said on standard output."""
    configure_logs(settings.log_level)
    os.nice(NICENESS)
    tune_memory()
    try:
        return uvloop.run(_fill(settings, Order.model_validate_json(order)))
    except ProjectionsFull as full:
        return _said(full, FAILED)
    except (*STORE_AWAY, CheckpointMoved) as later:
        return _said(later, AGAIN)
    except Exception as fault:  # noqa: BLE001 - told to who started it, who tells whoever follows the rebuild
        return _said(repr(fault), FAILED)


async def _fill(settings: Settings, order: Order) -> int:
    async with stores(settings) as opened, Background() as background:
        await opened.catalog.refresh()
        fence = Fence(f"{opened.layout.build(order.collection).base}:fence", order.mark.encode())
        those = (opened.redis, opened.layout, opened.log, opened.catalog)
        wanted: asyncio.Queue[int] = asyncio.Queue()
        background.start(_hear(wanted), "orders")
        background.start(on_signal().wait(), "signal")
        for _ in range(RANGES_AT_ONCE):
            filler = Filler(*those, order.collection, fence, order.max_rate)
            background.start(_work(filler, wanted), "filler")
        await background.first()
    return AGAIN


async def _work(filler: Filler, wanted: asyncio.Queue[int]) -> Never:
    while True:
        await filler.fill(await wanted.get())
        _say(FILLED)


async def _hear(wanted: asyncio.Queue[int]) -> None:
    """Take numbers of ranges until who started this process closes its end, if only because it is gone."""
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    while number := await reader.readline():
        wanted.put_nowait(int(number))


def _say(words: bytes) -> None:
    with suppress(BrokenPipeError):  # nobody is left who would hear it
        os.write(sys.stdout.fileno(), words)


def _said(reason: object, code: int) -> int:
    _say(f"{reason}\n".encode())
    return code
