"""A process of its own that appends: `python -m tests.events.appending URL DATABASE PARTITIONS NAME COUNT`.

Says "ready", waits for a line, appends COUNT commits to streams of its own and, as long as others leave
room, to one that all share; says the positions of what it appended, as JSON.
"""

import asyncio
import json
import sys

from events.errors import VersionConflict
from events.log import EventLog
from events.position import stream_name
from tests.events.commits import new
from tests.events.logs import another

AT_ONCE = 16
SHARED = stream_name("orders", "shared")


async def append_many(log: EventLog, name: str, count: int) -> list[int]:
    """Append `count` commits, 16 at a time; their positions."""
    numbers = iter(range(count))
    positions: list[int] = []

    async def append_each() -> None:
        for number in numbers:
            commit = await log.append(new(f"orders/{name}-{number}"))
            positions.extend([commit.position, *await share(log)])

    await asyncio.gather(*(append_each() for _ in range(AT_ONCE)))
    return positions


async def share(log: EventLog) -> list[int]:
    """Append to the stream that all share, unless somebody else is faster; the position, if any."""
    history = await log.read(SHARED)
    version = history[-1].last_version if history else 0
    try:
        commit = await log.append(new(SHARED, version))
    except VersionConflict:
        return []
    return [commit.position]


async def main(url: str, database: str, partitions: str, name: str, count: str) -> None:
    """Run as the module's docstring says."""
    async with another(url, database, partitions=int(partitions)) as log:
        print("ready", flush=True)  # noqa: T201
        await asyncio.to_thread(sys.stdin.readline)
        print(json.dumps(await append_many(log, name, int(count))))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
