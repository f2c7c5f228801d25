"""Deltas: what a batch of documents changes in the groups of a view, each touched group once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from events.document import Present
from projections.fold import Touched
from projections.views.groups import Column
from projections.views.prepared import Contribution, Prepared
from projections.views.rows import group_id
from projections.views.sums import Sum, exactly, plus


@dataclass(slots=True)
class Delta:
    """What changes in one group. Of each summed path a total and how many; of each valued one, counts."""

    id: bytes
    columns: Sequence[Column]
    documents: int
    totals: list[Sum]
    numbers: list[int]
    values: list[dict[bytes, int]]


@dataclass(slots=True)
class Deltas:
    """What changes in the groups of one view, by key."""

    view: Prepared
    groups: dict[bytes, Delta] = field(default_factory=dict)

    def take(self, touched: Iterable[Touched]) -> None:
        """Count what the documents brought before as taken back, and what they bring now."""
        contribution = self.view.contribution
        for id, before, after, _, _ in touched:
            old = contribution(id, before) if type(before) is Present else None
            new = contribution(id, after) if type(after) is Present else None
            if old != new:
                if old is not None:
                    self._add(old, -1)
                if new is not None:
                    self._add(new, 1)

    def _add(self, brought: Contribution, sign: int) -> None:
        key, columns, numbers, values = brought
        delta = self.groups.get(key)
        if delta is None:
            delta = self.groups[key] = self._nothing(key, columns)
        delta.documents += sign
        for place, number in enumerate(numbers):
            if number is not None:
                delta.totals[place] = plus(delta.totals[place], exactly(number) * sign)
                delta.numbers[place] += sign
        for place, value in enumerate(values):
            if value is not None:
                counts = delta.values[place]
                counts[value] = counts.get(value, 0) + sign

    def _nothing(self, key: bytes, columns: Sequence[Column]) -> Delta:
        summed, valued = len(self.view.summed), len(self.view.valued)
        return Delta(group_id(key), columns, 0, [0] * summed, [0] * summed, [{} for _ in range(valued)])
