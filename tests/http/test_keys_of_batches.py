"""Batches with an Idempotency-Key: one effect and one answer, of the whole."""

from itertools import count

import pytest

from tests.http.batches import create, merge, put, results, send
from tests.http.documents import Documents, problem

_numbers = count(1)


@pytest.mark.parametrize("atomic", [True, False])
async def test_a_batch_with_a_key_has_one_effect_and_one_answer(atomic: bool, orders: Documents) -> None:
    key = f"batch-{next(_numbers)}"
    commands = [create(n=1), merge({"$id_of": 0}, n=2), put("o1", n=3), put("o1", n=3)]
    first = await send(orders, commands, atomic=atomic, idempotency_key=key)
    results(first, 200)
    await orders.put("o1", {"n": 9})
    again = await send(orders, commands, atomic=atomic, idempotency_key=key)
    assert (again.status_code, again.content) == (200, first.content)
    after = await orders.put("o2", {})
    assert len((await orders.get(after=after)).json()["items"]) == 3
    other = await send(orders, commands[:1], atomic=atomic, idempotency_key=key)
    problem(other, 422, "request-differs")
    problem(await orders.post({"n": 1}, idempotency_key=key), 422, "request-differs")


async def test_what_failed_of_a_batch_with_a_key_is_decided_afresh(orders: Documents) -> None:
    key = f"batch-{next(_numbers)}"
    commands = [create("o1", n=1), merge("o2", n=2), create(n=3)]
    first = results(await send(orders, commands, atomic=False, idempotency_key=key), 207)
    await orders.put("o2", {})
    again = results(await send(orders, commands, atomic=False, idempotency_key=key), 200)
    assert [each["status"] for each in again] == [201, 200, 201]
    assert (again[0], again[2]) == (first[0], first[2])


async def test_a_key_of_a_batch_is_taken_though_its_first_command_was_refused(orders: Documents) -> None:
    key = f"batch-{next(_numbers)}"
    commands = [merge("o1", n=1), create("o2", n=2), create("o3", n=3)]
    first = results(await send(orders, commands, atomic=False, idempotency_key=key), 207)
    for _ in range(2):
        problem(await orders.put("o1", {"n": 1}, idempotency_key=key), 422, "request-differs")
        for atomic, other in ((True, commands[1:]), (True, commands[1:2]), (False, commands[1:])):
            differs = await send(orders, other, atomic=atomic, idempotency_key=key)
            problem(differs, 422, "request-differs")
        again = results(await send(orders, commands, atomic=False, idempotency_key=key), 207)
        assert again[1:] == first[1:]


async def test_a_key_of_a_batch_that_was_refused_wholly_is_free(orders: Documents) -> None:
    key = f"batch-{next(_numbers)}"
    refused = await send(orders, [merge("o1", n=1), merge("o2", n=1)], atomic=False, idempotency_key=key)
    assert [each["status"] for each in results(refused, 207)] == [404, 404]
    assert (await orders.put("o1", {"n": 1}, idempotency_key=key)).status_code == 201


async def test_a_key_of_a_write_is_not_taken_for_a_batch(orders: Documents) -> None:
    key = f"batch-{next(_numbers)}"
    await orders.put("o1", {"n": 1}, idempotency_key=key)
    for atomic in (True, False):
        for commands in ([create("o2")], [create("o2"), create("o3")]):
            differs = await send(orders, commands, atomic=atomic, idempotency_key=key)
            problem(differs, 422, "request-differs")
