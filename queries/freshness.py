"""Freshness: which positions an answer must include, and waiting until it can."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from events.position import Position
from queries.errors import ProjectionBehind, ProjectionsAbsent
from queries.standing import Standing
from queries.waiting import Waiters


class Answer(Protocol):
    """What a read answers, and where it was served."""

    @property
    def standing(self) -> Standing: ...


A = TypeVar("A", bound=Answer)


@dataclass(frozen=True, slots=True)
class Freshness:
    """after: positions an answer must include. patience: seconds it may take until they are there."""

    after: Sequence[Position] = ()
    patience: float = 2.0


AS_IT_IS = Freshness()


async def read_fresh(waiters: Waiters, read: Callable[[], Awaitable[A]], fresh: Freshness) -> A:
    """What `read` answers, at the positions asked for: at once where they are reached, else soon.

    Raises: ProjectionBehind, ProjectionsAbsent, and what `read` raises.
    """
    try:
        answer = await read()
    except ProjectionsAbsent:
        if not fresh.after:
            raise
    else:
        if not fresh.after or answer.standing.reached(fresh.after):
            return answer
    await waiters.wait(fresh.after, fresh.patience)
    answer = await read()
    _check_reached(answer.standing, fresh)
    return answer


def _check_reached(standing: Standing, fresh: Freshness) -> None:
    """What was reached a moment ago may be lost again: Redis may have come back with an older copy."""
    if not standing.reached(fresh.after):
        raise ProjectionBehind(max(fresh.after), fresh.patience)
