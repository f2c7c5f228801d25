"""A process that fills ranges of a rebuild, for as long as who started it lives. See app/fillers.py.

It is told on a line what to fill. Then it gets the numbers of ranges, each on a line, also several at a time,
and answers FILLED whenever it has filled one of them, and HERE every second. Where it fails it says why, and
ends.
"""

import asyncio
import os
import socket
import sys
from contextlib import closing, suppress
from typing import Never

import uvloop
from setproctitle import setproctitle

from app.fillers import AGAIN, BEAT_EVERY, FILLED, HERE, Order
from app.forking_fillers import TITLE
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

FAILED = 1
NICENESS = 5
"""What readers see goes before what is being built."""

MOST_WORDS = 2000
"""Characters of the reason why it failed."""


def run_filler(settings: Settings, talking: socket.socket) -> Never:
    """Fill what is ordered; the exit status says whether to go on later, and words before it why."""
    with talking.makefile("rb", buffering=0) as words:
        line = words.readline()
    if not line:  # who started it is gone already
        sys.exit(AGAIN)
    order = Order.model_validate_json(line)
    setproctitle(f"{TITLE} of {order.collection}")
    configure_logs(settings.log_level)
    os.nice(NICENESS)
    tune_memory()
    sys.exit(_filled(settings, order, talking))


def _filled(settings: Settings, order: Order, talking: socket.socket) -> int:
    try:
        uvloop.run(_fill(settings, order, talking))
    except ProjectionsFull as full:
        return _said(talking, full, FAILED)
    except (*STORE_AWAY, CheckpointMoved) as later:
        return _said(talking, later, AGAIN)
    except Exception as fault:  # noqa: BLE001 - told to who started it, who tells whoever follows the rebuild
        return _said(talking, repr(fault), FAILED)
    return AGAIN


async def _fill(settings: Settings, order: Order, talking: socket.socket) -> None:
    reader, writer = await asyncio.open_unix_connection(sock=talking.dup())
    with closing(writer):
        async with Background() as background:
            background.start(_beat(writer), "beat")
            background.start(on_signal().wait(), "signal")
            background.start(_fill_ranges(settings, order, reader, writer), "ranges")
            await background.first()


async def _beat(writer: asyncio.StreamWriter) -> Never:
    while True:
        writer.write(HERE)
        await asyncio.sleep(BEAT_EVERY)


async def _fill_ranges(
    settings: Settings, order: Order, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Returns when nobody wants any more."""
    async with stores(settings) as opened, Background() as background:
        await opened.catalog.refresh()
        fence = Fence(f"{opened.layout.build(order.collection).base}:fence", order.mark.encode())
        those = (opened.redis, opened.layout, opened.log, opened.catalog)
        wanted: asyncio.Queue[int] = asyncio.Queue()
        background.start(_hear(reader, wanted), "orders")
        for _ in range(RANGES_AT_ONCE):
            filler = Filler(*those, order.collection, fence, order.max_rate)
            background.start(_work(filler, wanted, writer), "filler")
        await background.first()


async def _work(filler: Filler, wanted: asyncio.Queue[int], writer: asyncio.StreamWriter) -> Never:
    while True:
        await filler.fill(await wanted.get())
        writer.write(FILLED)


async def _hear(reader: asyncio.StreamReader, wanted: asyncio.Queue[int]) -> None:
    """Take numbers of ranges until who started this process closes its end, if only because it is gone."""
    while number := await reader.readline():
        wanted.put_nowait(int(number))


def _said(talking: socket.socket, reason: object, code: int) -> int:
    """The reason in the last words; no more of it than there is room for."""
    talking.setblocking(True)  # the event loop had it otherwise
    with suppress(OSError):  # nobody is left who would hear it
        talking.sendall(f"{str(reason)[:MOST_WORDS]}\n".encode())
    return code
