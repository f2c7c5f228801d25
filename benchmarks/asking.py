"""Asking over HTTP for what addresses stand for, drawn at random, again and again."""

from pathlib import Path

from benchmarks import load
from benchmarks.product import environment
from benchmarks.rounds import Measure


def answers(
    api: str, token: str, prefix: str, ends: Path, seconds: float, connections: int = load.CONNECTIONS
) -> Measure:
    """Return what measures answers/s of GETs of `prefix` and one of the `ends`, one a line of that file."""
    asked = {**environment(), "BENCH_PREFIX": prefix, "BENCH_ENDS": str(ends), "BENCH_TOKEN": token}

    async def measure() -> float:
        return await load.rate(api, "read.lua", asked, seconds, connections)

    return measure
