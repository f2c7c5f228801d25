"""The options of `python -m benchmarks`."""

import argparse
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for. only: names of scenarios, in any order; empty means all."""

    rounds: int
    seconds: float
    only: tuple[str, ...]
    json: Path
    data: Path
    smoke: bool


def parse(arguments: list[str], scenarios: Collection[str]) -> Options:
    """Read the command line; a smoke run has one round of one second unless it says otherwise."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, help="rounds in which the sides take turns (3)")
    parser.add_argument("--seconds", type=float, help="seconds of load per side and round (5)")
    parser.add_argument("--only", action="append", choices=list(scenarios), help="may be given more than once")
    parser.add_argument("--json", type=Path, default=ROOT / "bench-results" / "latest.json")
    parser.add_argument("--data", type=Path, default=ROOT / "build" / "bench", help="where servers keep data")
    parser.add_argument("--smoke", action="store_true", help="try the harness: short, on 2,000 flights")
    given = parser.parse_args(arguments)
    rounds, seconds = (1, 1.0) if given.smoke else (3, 5.0)
    return Options(
        rounds=given.rounds or rounds,
        seconds=given.seconds or seconds,
        only=tuple(given.only or ()),
        json=given.json,
        data=given.data.resolve(),
        smoke=given.smoke,
    )
