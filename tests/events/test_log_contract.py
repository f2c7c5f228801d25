"""The event log keeps its contract; a log that does nothing breaks every clause of it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from events.claims import Holding
from events.commit import Commit, NewCommit, committed
from events.effects import Effect
from events.log import EventLog
from events.position import Position
from tests.events.contract import COMMITS, Clause
from tests.events.contract_of_batches import TOGETHER
from tests.events.contract_of_claims import CLAIMS


class FindsNothing:
    """Knows of no request."""

    async def find(self, request: bytes) -> Effect | None:
        return None

    async def of(self, requests: Iterable[bytes]) -> dict[bytes, Effect]:
        return {}

    async def between(self, first: bytes, last: bytes) -> dict[bytes, Effect]:
        return {}


class DoesNothing:
    """Answers every append as if it were kept, and keeps nothing."""

    partitions = 4
    effects = FindsNothing()

    async def append(self, new: NewCommit) -> Commit:
        return committed(new, Position(1), datetime(2026, 11, 22, tzinfo=UTC))

    async def append_together(self, news: Sequence[NewCommit]) -> list[Commit]:
        return [await self.append(new) for new in news]

    async def read(self, *_: Any, **__: Any) -> list[Commit]:
        return []

    async def read_partition(self, *_: Any, **__: Any) -> list[Commit]:
        return []

    async def head(self, partition: int) -> Position:
        return Position(0)

    async def holds(self, collection: str) -> bool:
        return False

    async def count(self, **_: Any) -> int:
        return 0

    async def holding(self, claim: str) -> Holding | None:
        return None

    async def release(self, holding: Holding) -> None:
        return None

    async def release_claims(self, collection: str, **_: Any) -> None:
        return None


EVERY = [*COMMITS, *CLAIMS, *TOGETHER]
every_clause = pytest.mark.parametrize("clause", EVERY, ids=lambda clause: clause.__name__)


@every_clause
async def test_the_log_keeps_its_contract(clause: Clause, log: EventLog) -> None:
    await clause(log)


@every_clause
async def test_a_log_that_does_nothing_breaks_every_clause(clause: Clause) -> None:
    with pytest.raises((AssertionError, ValueError, pytest.fail.Exception)):
        await clause(DoesNothing())
