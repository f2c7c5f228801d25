"""Deciders: the pure trio of initial state, decide and evolve that every command runs on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

from events.commit import Commit, Event, JsonObject

C = TypeVar("C")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Decider(Generic[C, S]):
    """What may happen, and what happened. No I/O, no clock, no async in any of it.

    decide:  (command, state) -> events; raises Refused. No events: the wish is fulfilled already.
    evolve:  (state, commit) -> state.
    freeze, thaw: the state as BSON-able JSON object and back, for snapshots. `form` names that shape: count
             it up when freeze or evolve change, and older snapshots are ignored.
    weigh:   about how many bytes of JSON a state is, so that caches know what they hold.
    """

    initial: S
    decide: Callable[[C, S], list[Event]]
    evolve: Callable[[S, Commit], S]
    freeze: Callable[[S], JsonObject]
    thaw: Callable[[JsonObject], S]
    form: int
    weigh: Callable[[S], int]

    def fold(self, commits: Iterable[Commit], state: S) -> S:
        """The state after the commits of one stream, in order."""
        return reduce(self.evolve, commits, state)
