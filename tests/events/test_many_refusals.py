"""Many refusals in one batch cost the others little: they are found at once, each with its own reason."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest

from events.commit import Commit, NewCommit
from events.errors import ClaimTaken, LogError, RequestRepeated, VersionConflict
from events.log import EventLog
from tests.events.commits import everything, key, new
from tests.events.wire import Fate, Wire

MANY = 100


def old(n: int) -> NewCommit:
    """What the log holds already."""
    return new(f"orders/{n}", request=key(n), taken=(f"orders/number/{n}",))


REFUSED: dict[str, tuple[Callable[[int], NewCommit], type[LogError]]] = {
    "stale": (lambda n: new(f"orders/{n}"), VersionConflict),
    "repeated": (lambda n: new(f"orders/new-{n}", request=key(n)), RequestRepeated),
    "taken": (lambda n: new(f"orders/new-{n}", taken=(f"orders/number/{n}",)), ClaimTaken),
    "stale and taken": (lambda n: old(n)._replace(request=None), VersionConflict),
    "repeated and stale": (lambda n: old(n)._replace(taken=()), RequestRepeated),
    "all of it": (old, RequestRepeated),
}


async def together(log: EventLog, *commits: NewCommit) -> list[Commit | BaseException]:
    """Append all in one batch; what came of each."""
    return await asyncio.gather(*(log.append(commit) for commit in commits), return_exceptions=True)


@pytest.fixture
def sent(wire: Wire) -> Counter[str]:
    """How many messages of each kind went over the wire."""
    counter: Counter[str] = Counter()

    def count(kind: str) -> Fate:
        counter[kind] += 1
        return Fate.PASSED

    wire.weather = count
    return counter


@pytest.mark.parametrize("kind", REFUSED)
async def test_many_refusals_of_a_kind_take_few_messages(
    wired: EventLog, direct: EventLog, sent: Counter[str], kind: str
) -> None:
    refused, error = REFUSED[kind]
    await together(wired, *map(old, range(MANY)))
    sent.clear()
    *ends, fine = await together(wired, *map(refused, range(MANY)), new("orders/fine"))
    assert {type(end) for end in ends} == {error}
    assert (await everything(direct))[MANY:] == [fine]
    assert sent["insert commits"] <= 3


async def test_refusals_of_all_kinds_in_one_batch_have_their_own_reasons(
    wired: EventLog, direct: EventLog
) -> None:
    await together(wired, *map(old, range(10)))
    kinds = list(REFUSED.values())
    *ends, fine = await together(
        wired, *(refused(n) for n, (refused, _) in enumerate(kinds)), new("orders/fine")
    )
    assert [type(end) for end in ends] == [error for _, error in kinds]
    assert (await everything(direct))[10:] == [fine]


async def test_of_many_that_write_one_version_in_a_batch_the_first_wins(
    wired: EventLog, sent: Counter[str]
) -> None:
    first, *others = await together(wired, *[new("orders/o1")] * MANY)
    assert isinstance(first, Commit)
    assert {type(end) for end in others} == {VersionConflict}
    assert sent["insert commits"] <= 3


async def test_a_value_still_goes_from_hand_to_hand_when_another_append_is_refused(
    wired: EventLog, direct: EventLog
) -> None:
    await together(wired, old(1), old(5))
    stale, giver, taker = await together(
        wired,
        new("orders/5", taken=("orders/number/2",)),
        new("orders/1", 1, released=("orders/number/1",)),
        new("orders/3", taken=("orders/number/1",)),
    )
    assert isinstance(stale, VersionConflict)
    assert (await everything(direct))[2:] == [giver, taker]


async def test_refusals_are_found_one_by_one_when_what_is_asked_is_not_answered(
    wire: Wire, wired: EventLog, direct: EventLog
) -> None:
    await wired.append(new("orders/old"))
    wire.expect("find commits", *[Fate.LOST] * 4)
    *ends, fine = await together(wired, *[new("orders/old")] * 3, new("orders/fine"))
    assert [type(end) for end in ends] == [VersionConflict] * 3
    assert wire.met
    assert (await everything(direct))[1:] == [fine]
