"""A process that fills a range of a rebuild, for as long as who started it lives."""

import asyncio
import os
import sys

import uvloop

from app.fillers import Order
from app.logs import configure_logs
from app.memory import tune_memory
from app.settings import Settings
from app.signals import on_signal
from app.stores import stores
from events.background import Background
from projections.errors import STORE_AWAY, CheckpointMoved, ProjectionsFull
from projections.fence import Fence
from projections.filler import Filler
from projections.team import AGAIN, DONE

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
        layout, log = opened.layout, opened.log
        filler = Filler(opened.redis, layout, log, opened.catalog, order.collection, order.number)
        work = asyncio.create_task(filler.run(fence, order.max_rate))
        background.start(_until_alone(), "alone")
        background.start(on_signal().wait(), "signal")
        ended = asyncio.create_task(background.first())
        await asyncio.wait([work, ended], return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if not work.done():
            work.cancel()
            await asyncio.wait([work])
            return AGAIN
        work.result()
        return DONE


async def _until_alone() -> None:
    """Return when who started this process is gone: its end of our standard input closes with it."""
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    await reader.read()


def _said(reason: object, code: int) -> int:
    print(reason, flush=True)  # noqa: T201
    return code
