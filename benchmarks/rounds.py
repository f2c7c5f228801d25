"""Rounds: the sides of a comparison take turns, so that a slow minute of the machine hits them all."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from statistics import median
from typing import TypeVar

Measure = Callable[[], Awaitable[float]]
Side = TypeVar("Side")


async def interleaved(sides: Mapping[Side, Measure], rounds: int) -> dict[Side, list[float]]:
    """Measure every side once per round, in the order given: A B C A B C …, one at a time."""
    figures: dict[Side, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, measure in sides.items():
            figures[name].append(await measure())
    return figures


def medians(figures: Mapping[Side, list[float]]) -> dict[Side, float]:
    """Reduce the rounds of each side to their median."""
    return {name: median(rounds) for name, rounds in figures.items()}


def paired(over: Sequence[float], under: Sequence[float]) -> float:
    """Reduce two sides to the median of their ratios, each of one round: a slow minute cancels out."""
    return median(one / other for one, other in zip(over, under, strict=True))


def percentile(values: list[float], share: float) -> float:
    """Return the smallest of `values` that at least `share` of them (0 < share <= 1) do not exceed."""
    ordered = sorted(values)
    rank = -(-len(ordered) * share // 1)
    return ordered[max(int(rank), 1) - 1]
