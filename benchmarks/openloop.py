"""Open-loop writes: sent on a fixed schedule, whether or not earlier ones have been answered."""

import asyncio
from dataclasses import dataclass
from time import monotonic

from benchmarks.connection import Connection
from benchmarks.product import Product

CONNECTIONS = 64
BODY = b'{"text":"%s","number":%d}'
TEXT = b"x" * 250


@dataclass(frozen=True, slots=True)
class Write:
    """One write: its commit's position, and when it was sent and acknowledged (seconds, monotonic clock)."""

    position: int
    sent: float
    acknowledged: float


async def writes(product: Product, path: str, per_second: float, seconds: float) -> list[Write]:
    """Create documents at `per_second` for `seconds`; return all of them once the last is acknowledged.

    A write that finds all 64 connections taken goes out late, but is counted from when it was due.
    Raises: LoadFailed when one is refused.
    """
    free: asyncio.Queue[Connection] = asyncio.LifoQueue()
    connections = [await Connection.open(product.api) for _ in range(CONNECTIONS)]
    for connection in connections:
        free.put_nowait(connection)
    start = monotonic() + 0.1
    try:
        async with asyncio.TaskGroup() as group:
            tasks = []
            for number in range(round(per_second * seconds)):
                due = start + number / per_second
                await asyncio.sleep(due - monotonic())
                tasks.append(group.create_task(_write(product, path, free, number, due)))
        return [task.result() for task in tasks]
    finally:
        await asyncio.gather(*(connection.close() for connection in connections))


async def _write(
    product: Product, path: str, free: "asyncio.Queue[Connection]", number: int, due: float
) -> Write:
    connection = await free.get()
    answer = await connection.post(path, product.headers, BODY % (TEXT, number))
    free.put_nowait(connection)
    return Write(int(answer["fold-position"]), due, monotonic())
