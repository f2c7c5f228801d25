"""Sizes: how many rows the growing collections have, and what it means that cost does not grow with them."""

from collections.abc import Mapping

from benchmarks.bars import Bar, Row

FULL = (10_000, 100_000, 1_000_000)
SMOKE = (1_500, 1_750, 2_000)
FLAT = Bar(1.3, at_most=True)


def flat(what: str, rates: Mapping[int, float]) -> Row:
    """Make the row that compares the time of one answer at the most rows with that at the fewest.

    rates: answers/s by how many rows there were, the smallest number first.
    """
    sizes = list(rates)
    figures = {f"{size:,} rows, µs": 1e6 / rate for size, rate in rates.items()}
    grown = f"{what}, {sizes[-1]:,} rows against {sizes[0]:,}"
    return Row(grown, FLAT, rates[sizes[0]] / rates[sizes[-1]], figures)
