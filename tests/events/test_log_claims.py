"""Claims: unique values move with the commits that take and release them, together or not at all."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial

from app.embedded import Running
from events.commit import Commit, NewCommit
from events.errors import ClaimTaken, VersionConflict
from events.log import EventLog
from events.store import Database
from tests.events.commits import NUMBER, effect_of, everything, key, lost, neighbours, new, won
from tests.events.logs import another
from tests.events.racing import collide, followed

OTHER = "orders/number/1008"
ONE, TWO, THREE = neighbours(3, partitions=4)


async def together(log: EventLog, *commits: NewCommit) -> list[Commit | BaseException]:
    """Append all in one batch, in this order; what came of each."""
    return await asyncio.gather(*(log.append(commit) for commit in commits), return_exceptions=True)


async def owners(database: Database) -> dict[str, str]:
    """Who holds what."""
    return {claim["_id"]: claim["stream"] async for claim in database["claims"].find()}


async def test_of_writers_that_claim_one_value_exactly_one_wins(
    log: EventLog, mongod: Running, database: Database, partitions: int
) -> None:
    async with AsyncExitStack() as stack:
        more = [another(mongod.url, database.name, partitions=partitions) for _ in range(2)]
        logs = [log, *[await stack.enter_async_context(each) for each in more]]
        for number in range(5):
            claim = f"orders/number/{number}"
            calls = [
                partial(each.append, new(f"orders/{number}-{place}-{copy}", taken=(claim,)))
                for place, each in enumerate(logs)
                for copy in range(5)
            ]
            outcomes = await collide(*calls)
            [winner] = won(outcomes)
            assert {type(error) for error in lost(outcomes)} == {ClaimTaken}
            assert (await owners(database))[claim] == winner.stream
    assert len(await everything(log)) == 5


async def test_a_batch_of_claims_is_stored_in_order(log: EventLog, database: Database) -> None:
    names = neighbours(50, log.partitions)
    outcomes = await together(log, *(new(name, taken=(f"orders/number/{name}",)) for name in names))
    assert [outcome.stream for outcome in won(outcomes)] == names
    assert await everything(log) == won(outcomes)
    assert await owners(database) == {f"orders/number/{name}": name for name in names}


async def test_what_is_refused_in_a_batch_of_claims_fails_alone(log: EventLog, database: Database) -> None:
    names = neighbours(20, log.partitions)
    await log.append(new(names[0], taken=(NUMBER,)))
    takers = [new(name, taken=(f"orders/email/{name}",)) for name in names[1:]]
    takers[4] = new(names[5], taken=("orders/email/left", NUMBER))
    takers[9] = new(names[0], taken=("orders/email/stale",))
    outcomes = await together(log, *takers)
    assert [type(outcome) for outcome in outcomes] == [
        {4: ClaimTaken, 9: VersionConflict}.get(place, Commit) for place in range(19)
    ]
    assert {"orders/email/left", "orders/email/stale"}.isdisjoint(await owners(database))
    assert len(await owners(database)) == 18
    assert len(await everything(log)) == 18


async def test_of_two_in_one_batch_that_claim_one_value_the_first_wins(
    log: EventLog, database: Database
) -> None:
    first, second = await together(log, new(ONE, taken=(NUMBER,)), new(TWO, taken=(NUMBER,)))
    assert isinstance(first, Commit)
    assert isinstance(second, ClaimTaken)
    assert await owners(database) == {NUMBER: ONE}


async def test_a_value_released_earlier_in_a_batch_can_be_taken(log: EventLog, database: Database) -> None:
    await log.append(new(ONE, taken=(NUMBER,)))
    outcomes = await together(log, new(ONE, 1, released=(NUMBER,), taken=(OTHER,)), new(TWO, taken=(NUMBER,)))
    assert len(won(outcomes)) == 2
    assert await owners(database) == {NUMBER: TWO, OTHER: ONE}


async def test_a_value_released_later_in_a_batch_can_not_be_taken(log: EventLog, database: Database) -> None:
    await log.append(new(ONE, taken=(NUMBER,)))
    early, late = await together(
        log, new(TWO, taken=(NUMBER,)), new(ONE, 1, released=(NUMBER,), taken=(OTHER,))
    )
    assert isinstance(early, ClaimTaken)
    assert isinstance(late, Commit)
    assert await owners(database) == {OTHER: ONE}


async def test_a_value_goes_from_hand_to_hand_in_one_batch(log: EventLog, database: Database) -> None:
    await log.append(new(ONE, taken=(NUMBER,)))
    await log.append(new(TWO))
    outcomes = await together(
        log,
        new(ONE, 1, released=(NUMBER,)),
        new(TWO, 1, taken=(NUMBER,)),
        new(TWO, 2, released=(NUMBER,)),
        new(THREE, taken=(NUMBER,)),
    )
    assert len(won(outcomes)) == 4
    assert await owners(database) == {NUMBER: THREE}


async def test_a_writer_does_not_lose_to_one_of_its_batch_that_lost_itself(
    log: EventLog, database: Database
) -> None:
    await log.append(new(ONE, taken=(NUMBER,)))
    refused, second = await together(log, new(TWO, taken=(NUMBER,)), new(TWO, taken=(OTHER,)))
    assert isinstance(refused, ClaimTaken)
    assert isinstance(second, Commit)
    assert await owners(database) == {NUMBER: ONE, OTHER: TWO}


async def test_a_request_is_not_repeated_when_the_first_of_its_batch_was_refused(log: EventLog) -> None:
    await log.append(new(ONE, taken=(NUMBER,)))
    refused, second = await together(
        log, new(TWO, request=key(1), taken=(NUMBER,)), new(THREE, request=key(1), taken=(OTHER,))
    )
    assert isinstance(refused, ClaimTaken)
    assert isinstance(second, Commit)
    assert await log.effects.find(key(1)) == effect_of(second)


async def test_appends_with_and_without_claims_keep_their_order(log: EventLog) -> None:
    names = neighbours(30, log.partitions)
    commits = [new(name, taken=(f"orders/number/{name}",) if n % 3 else ()) for n, name in enumerate(names)]
    outcomes = await together(log, *commits)
    assert [commit.stream for commit in won(outcomes)] == names


async def test_readers_see_no_gap_while_some_claim_and_others_do_not(
    log: EventLog, mongod: Running, database: Database, partitions: int
) -> None:
    async with AsyncExitStack() as stack:
        seen = [await stack.enter_async_context(followed(log, n)) for n in range(partitions)]
        other = await stack.enter_async_context(another(mongod.url, database.name, partitions=partitions))
        calls = [
            partial(each.append, new(f"orders/{place}-{n}", taken=(f"orders/number/{n}",) if n % 2 else ()))
            for place, each in enumerate((log, other))
            for n in range(80)
        ]
        outcomes = await collide(*calls)
    assert sorted(commit for commits in seen for commit in commits) == won(outcomes)
    assert len(won(outcomes)) == 40 + 80
    assert {type(error) for error in lost(outcomes)} == {ClaimTaken}
    assert len(await owners(database)) == 40
