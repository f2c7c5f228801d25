"""`python -m benchmarks`: run the scenarios, print the table, write the JSON, say whether all bars hold.

Ends with 0 when they do (a smoke run: when every figure was taken), 1 when one does not, 2 when a
figure could not be taken.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks import flights, load, report, sizes
from benchmarks.bars import Row
from benchmarks.errors import BenchmarkFailed
from benchmarks.options import Options, parse
from benchmarks.scenarios import SCENARIOS
from benchmarks.servers import servers
from benchmarks.stage import Stage


def main() -> int:
    """Run what the command line asks for and return the exit code."""
    options = parse(sys.argv[1:], SCENARIOS)
    try:
        load.wrk()
        rows = asyncio.run(_measured(options))
    except (BenchmarkFailed, httpx.HTTPError) as failed:
        print(f"benchmarks: {str(failed) or type(failed).__name__}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    report.show(rows)
    report.save(rows, options.json, rounds=options.rounds, seconds=options.seconds, smoke=options.smoke)
    print(f"written to {options.json}")
    return 0 if options.smoke or all(row.holds for row in rows) else 1


async def _measured(options: Options) -> list[Row]:
    rows: list[Row] = []
    async with _stage(options) as stage:
        for name, scenario in SCENARIOS.items():
            if not options.only or name in options.only:
                print(f"measuring: {name}", flush=True)
                rows += await scenario(stage)
    return rows


@asynccontextmanager
async def _stage(options: Options) -> AsyncIterator[Stage]:
    file = flights.SAMPLE if options.smoke else await flights.csv_file()
    with _folder(options.data) as name, servers(Path(name)) as (mongo, redis):
        grown = sizes.SMOKE if options.smoke else sizes.FULL
        stage = Stage(Path(name), file, options.rounds, options.seconds, grown, mongo, redis)
        try:
            yield stage
        finally:
            await stage.close()


def _folder(parent: Path) -> "TemporaryDirectory[str]":
    parent.mkdir(parents=True, exist_ok=True)
    return TemporaryDirectory(prefix="run-", dir=parent)


if __name__ == "__main__":
    raise SystemExit(main())
