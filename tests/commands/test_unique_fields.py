"""Unique fields: no two documents of a collection hold the same values, whoever writes, and however."""

from functools import partial
from typing import Any

import pytest

from commands.documents import Command, Create, Delete, JsonPatch, MergePatch, Put, Restore, document
from commands.errors import DocumentExists, UniqueTaken
from commands.json_patch import read_operations
from commands.writing import Written
from tests.commands.declaring import declared
from tests.commands.processes import Process, collide

ORDERS = declared(unique=[["number"], ["shop.city", "email"]])
INVOICES = declared("invoices", unique=[["number"]])


async def holders(process: Process) -> dict[str, str]:
    """Who holds which claim."""
    return {claim["_id"]: claim["stream"] async for claim in process.database["claims"].find()}


async def test_a_value_that_is_taken_is_refused_by_every_kind_of_write(one: Process) -> None:
    await one.write(ORDERS, "o1", Create({"number": 1}))
    await one.write(ORDERS, "o2", Create({"number": 2}))
    patch = JsonPatch(read_operations([{"op": "replace", "path": "/number", "value": 1}]))
    writes: list[tuple[str, Command]] = [
        ("o3", Create({"number": 1})),
        ("o3", Put({"number": 1.0})),
        ("o2", Put({"number": 1})),
        ("o2", MergePatch({"number": 1})),
        ("o2", patch),
    ]
    for id, command in writes:
        with pytest.raises(UniqueTaken) as refused:
            await one.write(ORDERS, id, command)
        assert refused.value.fields == ("number",)
    assert await holders(one) == {"orders/number/[1]": "orders/o1", "orders/number/[2]": "orders/o2"}


async def test_a_refused_write_leaves_nothing_behind(one: Process) -> None:
    await one.write(ORDERS, "o1", Create({"number": 1}))
    with pytest.raises(UniqueTaken):
        await one.write(ORDERS, "o2", Create({"email": "a@b.c", "shop": {"city": "Ulm"}, "number": 1}))
    assert await one.log.read(_stream("o2")) == []
    await one.write(ORDERS, "o3", Create({"email": "a@b.c", "shop": {"city": "Ulm"}}))
    assert await one.log.head(0) == 2


async def test_a_document_keeps_its_own_value(one: Process) -> None:
    await one.write(ORDERS, "o1", Create({"number": 1}))
    await one.write(ORDERS, "o1", Put({"number": 1, "n": 2}))
    await one.write(ORDERS, "o1", MergePatch({"number": 1.0}))
    assert await holders(one) == {"orders/number/[1]": "orders/o1"}


async def test_a_value_that_was_given_up_is_free(one: Process, other: Process) -> None:
    await one.write(ORDERS, "o1", Create({"number": 1}))
    await one.write(ORDERS, "o1", MergePatch({"number": 2}))
    await other.write(ORDERS, "o2", Create({"number": 1}))
    await one.write(ORDERS, "o1", MergePatch({"number": None}))
    await other.write(ORDERS, "o3", Create({"number": 2}))
    assert await holders(one) == {"orders/number/[1]": "orders/o2", "orders/number/[2]": "orders/o3"}


async def test_two_documents_swap_their_values_by_way_of_none(one: Process) -> None:
    await one.write(ORDERS, "o1", Create({"number": 1}))
    await one.write(ORDERS, "o2", Create({"number": 2}))
    with pytest.raises(UniqueTaken):
        await one.write(ORDERS, "o1", Put({"number": 2}))
    await one.write(ORDERS, "o2", Put({}))
    await one.write(ORDERS, "o1", Put({"number": 2}))
    await one.write(ORDERS, "o2", Put({"number": 1}))
    assert await holders(one) == {"orders/number/[2]": "orders/o1", "orders/number/[1]": "orders/o2"}


async def test_a_deleted_document_frees_its_values_and_claims_them_again_when_restored(
    one: Process, other: Process
) -> None:
    await one.write(ORDERS, "o1", Create({"number": 1}))
    await one.write(ORDERS, "o1", Delete())
    assert await holders(one) == {}
    await other.write(ORDERS, "o2", Create({"number": 1}))
    with pytest.raises(UniqueTaken):
        await one.write(ORDERS, "o1", Restore())
    await other.write(ORDERS, "o2", Delete())
    await one.write(ORDERS, "o1", Restore())
    assert await holders(one) == {"orders/number/[1]": "orders/o1"}


async def test_several_fields_are_one_value_together(one: Process) -> None:
    ulm = {"shop": {"city": "Ulm"}, "email": "a@b.c"}
    await one.write(ORDERS, "o1", Create(ulm))
    await one.write(ORDERS, "o2", Create({"shop": {"city": "Bonn"}, "email": "a@b.c"}))
    await one.write(ORDERS, "o3", Create({"shop": {"city": "Ulm"}}))
    await one.write(ORDERS, "o4", Create({"shop": {"city": "Ulm"}, "email": None}))
    with pytest.raises(UniqueTaken) as refused:
        await one.write(ORDERS, "o2", MergePatch({"shop": {"city": "Ulm"}}))
    assert refused.value.fields == ("shop.city", "email")
    assert str(refused.value) == "another document has the same shop.city, email"


async def test_missing_and_null_are_never_taken(one: Process) -> None:
    for number, body in enumerate([{}, {}, {"number": None}, {"number": None}]):
        await one.write(ORDERS, f"o{number}", Create(body))
    assert await holders(one) == {}


LONG = "x" * 100_000
VALUES: list[tuple[Any, Any]] = [
    (1, 1.0), (0, -0.0), (-(2**63), -(2.0**63)), (LONG, LONG), ("a\0b", "a\0b"), ("$x.y", "$x.y"),
    ({"a": 1, "b": [2]}, {"b": [2.0], "a": 1}), ([], []), (False, False), ("", ""), ("😀", "😀"),
]  # fmt: skip


async def test_values_of_every_kind_are_compared_as_queries_compare_them(one: Process) -> None:
    for place, (value, same) in enumerate(VALUES):
        await one.write(ORDERS, f"first{place}", Create({"number": value}))
        with pytest.raises(UniqueTaken):
            await one.write(ORDERS, f"second{place}", Create({"number": same}))
    assert len(await holders(one)) == len(VALUES)


async def test_collections_do_not_take_values_from_each_other(one: Process) -> None:
    await one.write(ORDERS, "o1", Create({"number": 1}))
    await one.write(INVOICES, "o1", Create({"number": 1}))
    assert len(await holders(one)) == 2


async def test_that_it_exists_is_told_before_that_a_value_is_taken(one: Process) -> None:
    await one.write(ORDERS, "o1", Create({"number": 1}))
    with pytest.raises(DocumentExists):
        await one.write(ORDERS, "o1", Create({"number": 1}))


async def test_of_creates_with_one_value_exactly_one_wins(one: Process, other: Process) -> None:
    for round in range(5):
        outcomes = await collide(
            *(
                partial((one, other)[place % 2].write, ORDERS, f"o{round}-{place}", Create({"number": round}))
                for place in range(8)
            )
        )
        winners = [outcome for outcome in outcomes if isinstance(outcome, Written)]
        assert [type(outcome) for outcome in outcomes].count(UniqueTaken) == 7
        assert (await holders(one))[f"orders/number/[{round}]"] == f"orders/{winners[0].id}"


async def test_a_value_handed_from_one_to_another_at_one_time_has_one_holder(
    one: Process, other: Process
) -> None:
    for id in ("a", "b", "c"):
        await one.write(ORDERS, id, Create({"number": id}))
    for _ in range(5):
        await collide(
            partial(one.write, ORDERS, "a", MergePatch({"number": "b"})),
            partial(other.write, ORDERS, "b", MergePatch({"number": "c"})),
            partial(one.write, ORDERS, "c", MergePatch({"number": "d"})),
            partial(other.write, ORDERS, "a", MergePatch({"number": "a"})),
            partial(other.write, ORDERS, "c", MergePatch({"number": "c"})),
        )
        numbers = {id: await _number(one, id) for id in ("a", "b", "c")}
        assert len(set(numbers.values())) == 3
        assert await holders(one) == {
            f'orders/number/["{number}"]': f"orders/{id}" for id, number in numbers.items()
        }


def _stream(id: str) -> Any:
    return f"orders/{id}"


async def _number(process: Process, id: str) -> str:
    state: Any = (await process.states.read(_stream(id), document)).state
    return str(state.body["number"])


async def test_a_claim_that_its_holder_has_no_right_to_is_in_nobodys_way(one: Process, other: Process) -> None:
    loose = declared()
    await one.write(ORDERS, "o1", Create({"number": 1, "shop": {"city": "Ulm"}, "email": "a@b.c"}))
    await other.write(loose, "o1", Put({"number": 9}))
    assert await holders(one) == {
        "orders/number/[1]": "orders/o1",
        'orders/shop.city,email/["Ulm","a@b.c"]': "orders/o1",
    }
    taker = {"number": 1.0, "shop": {"city": "Ulm"}, "email": "a@b.c"}
    await one.write(ORDERS, "o2", Create(taker))
    assert set((await holders(one)).values()) == {"orders/o2"}
    with pytest.raises(UniqueTaken):
        await other.write(ORDERS, "o1", MergePatch({"number": 1}))


async def test_a_claim_of_a_document_from_before_a_drop_is_in_nobodys_way(one: Process) -> None:
    await one.write(ORDERS, "o1", Create({"number": 1}))
    anew = declared(unique=[["number"]], floors={0: 1})
    await one.write(ORDERS, "o1", MergePatch({"number": 2}))
    await one.write(anew, "o2", Create({"number": 2}))
    await one.write(anew, "o1", Create({"number": 1}))
    assert await holders(one) == {"orders/number/[1]": "orders/o1", "orders/number/[2]": "orders/o2"}


async def test_of_many_who_find_a_claim_without_a_right_exactly_one_gets_it(
    one: Process, other: Process
) -> None:
    await one.write(ORDERS, "ghost", Create({"number": 1}))
    await one.write(declared(), "ghost", Delete())
    outcomes = await collide(
        *(
            partial((one, other)[place % 2].write, ORDERS, f"o{place}", Create({"number": 1}))
            for place in range(8)
        )
    )
    assert sorted(type(outcome) is Written for outcome in outcomes) == [False] * 7 + [True]
    assert [type(outcome) for outcome in outcomes].count(UniqueTaken) == 7
