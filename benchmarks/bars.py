"""Bars: what is asked of a figure, and whether a measured figure holds it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Bar:
    """A limit that holds for figures at or above it, or, with `at_most`, at or below it.

    unit: "x" for a ratio of two figures taken in the same run, else the unit of the figure itself.
    """

    limit: float
    unit: str = "x"
    at_most: bool = False

    def holds(self, figure: float) -> bool:
        """Tell whether `figure` is on the right side of the limit; the limit itself is."""
        return figure <= self.limit if self.at_most else figure >= self.limit


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report: a promise, the figure measured for it, and the figures it was made from.

    figures: absolute figures of both sides, medians of the rounds, by a name that ends with the unit.
    """

    what: str
    bar: Bar
    measured: float
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Tell whether the promise was kept in this run."""
        return self.bar.holds(self.measured)
