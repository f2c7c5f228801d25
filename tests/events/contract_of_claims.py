"""What every event log promises about claims on unique values; see tests/events/contract.py."""

import pytest

from events.claims import Holding
from events.errors import ClaimTaken, RequestRepeated, VersionConflict
from events.position import StreamName, partition_of, stream_name
from tests.events.commits import NUMBER, key, new
from tests.events.contract import Contract, Log

ORDER = stream_name("orders", "o1")
CLAIMS = Contract()


@CLAIMS.clause
async def a_claim_is_held_by_one_stream(log: Log) -> None:
    await log.append(new("orders/o1", taken=(NUMBER,)))
    with pytest.raises(ClaimTaken) as refused:
        await log.append(new("orders/o2", taken=("orders/email/ada", NUMBER)))
    assert refused.value.claim == NUMBER
    assert await log.read(StreamName("orders/o2")) == []
    await log.append(new("orders/o3", taken=("orders/email/ada",)))


@CLAIMS.clause
async def a_released_claim_can_be_taken_again(log: Log) -> None:
    await log.append(new("orders/o1", taken=(NUMBER,)))
    await log.append(new("orders/o1", 1, released=(NUMBER,), taken=("orders/number/1008",)))
    await log.append(new("orders/o2", taken=(NUMBER,)))
    with pytest.raises(ClaimTaken):
        await log.append(new("orders/o3", taken=(NUMBER,)))


@CLAIMS.clause
async def a_claim_is_released_by_its_owner_only(log: Log) -> None:
    await log.append(new("orders/o1", taken=(NUMBER,)))
    await log.append(new("orders/o2", released=(NUMBER,)))
    with pytest.raises(ClaimTaken):
        await log.append(new("orders/o3", taken=(NUMBER,)))


@CLAIMS.clause
async def claims_of_a_dropped_collection_are_free(log: Log) -> None:
    await log.append(new("orders/o1", taken=(NUMBER,)))
    await log.append(new("orders2/o1", taken=("orders2/number/1007",)))
    await log.release_claims("orders")
    await log.append(new("orders/o2", taken=(NUMBER,)))
    with pytest.raises(ClaimTaken):
        await log.append(new("orders2/o2", taken=("orders2/number/1007",)))


@CLAIMS.clause
async def claims_taken_after_the_drop_of_a_collection_are_kept(log: Log) -> None:
    before = await log.append(new("orders/o1", taken=(NUMBER,)))
    after = await log.append(new("orders/o1", 1, taken=("orders/number/1008",)))
    await log.release_claims("orders", upto={partition_of(before.position): before.position})
    await log.append(new("orders/o2", taken=(NUMBER,)))
    assert await log.holding("orders/number/1008") == Holding("orders/number/1008", ORDER, after.position)


@CLAIMS.clause
async def a_claim_tells_its_holder(log: Log) -> None:
    assert await log.holding(NUMBER) is None
    commit = await log.append(new(ORDER, taken=(NUMBER,)))
    assert await log.holding(NUMBER) == Holding(NUMBER, ORDER, commit.position)


@CLAIMS.clause
async def a_holding_is_freed_unless_it_changed_hands(log: Log) -> None:
    await log.append(new("orders/o1", taken=(NUMBER,)))
    old = await log.holding(NUMBER)
    assert old is not None
    await log.release(old)
    assert await log.holding(NUMBER) is None
    commit = await log.append(new("orders/o2", taken=(NUMBER,)))
    await log.release(old)
    assert await log.holding(NUMBER) == Holding(NUMBER, commit.stream, commit.position)


@CLAIMS.clause
async def a_stale_decision_is_told_before_a_taken_claim(log: Log) -> None:
    await log.append(new(ORDER, taken=(NUMBER,)))
    with pytest.raises(VersionConflict):
        await log.append(new(ORDER, taken=(NUMBER,)))


@CLAIMS.clause
async def a_repeated_request_is_told_before_a_taken_claim(log: Log) -> None:
    await log.append(new("orders/o1", request=key(7), taken=(NUMBER,)))
    with pytest.raises(RequestRepeated):
        await log.append(new("orders/o2", request=key(7), taken=(NUMBER,)))
