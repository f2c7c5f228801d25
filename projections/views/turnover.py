"""Turnover: which values came into a group and which went, and what is outermost after that."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from projections.encoding import encode
from projections.views.rows import Spread
from projections.views.values import decode


class Turnover(NamedTuple):
    """What happened to the values of one path in one group, all encoded.

    counts: how often each changed value is there now.
    came:   values that were not there before. went: values that are there no more.
    """

    counts: Mapping[bytes, int]
    came: frozenset[bytes]
    went: frozenset[bytes]


class Remaining(NamedTuple):
    """The outermost values that were there before, from the outside: one more than went, or all there are."""

    least: Sequence[bytes] = ()
    greatest: Sequence[bytes] = ()


NOTHING_ASKED = Remaining()


def turnover(before: Mapping[bytes, int], changes: Mapping[bytes, int]) -> Turnover:
    """What `changes` of counts do to the counts `before`."""
    counts = {value: before.get(value, 0) + change for value, change in changes.items() if change}
    came = frozenset(value for value in counts if value not in before)
    return Turnover(counts, came, frozenset(value for value, count in counts.items() if not count))


def loses_least(spread: Spread, change: Turnover) -> bool:
    """Whether the next least value must be looked for."""
    if not change.went or encode(spread.least) not in change.went or not _distinct(spread, change):
        return False
    return not change.came or min(change.came) > encode(spread.least)


def loses_greatest(spread: Spread, change: Turnover) -> bool:
    """Whether the next greatest value must be looked for."""
    if not change.went or encode(spread.greatest) not in change.went or not _distinct(spread, change):
        return False
    return not change.came or max(change.came) < encode(spread.greatest)


def following(spread: Spread, change: Turnover, remaining: Remaining, *, ordered: bool) -> Spread:
    """The spread after a turnover. remaining: needed on the sides that lose their outermost value."""
    if not change.came and not change.went:
        return spread
    distinct = _distinct(spread, change)
    if not distinct or not ordered:
        return Spread(distinct, None, None)
    least = {encode(spread.least)} if spread.distinct else set()
    greatest = {encode(spread.greatest)} if spread.distinct else set()
    lowest = min((least | change.came | set(remaining.least)) - change.went)
    highest = max((greatest | change.came | set(remaining.greatest)) - change.went)
    return Spread(distinct, decode(lowest), decode(highest))


def _distinct(spread: Spread, change: Turnover) -> int:
    return spread.distinct + len(change.came) - len(change.went)
