"""Whose turn it is at a keyed order: what a process leaves behind, and what another takes over."""

from collections.abc import Awaitable, Callable
from itertools import count

import pytest
from sanic.response import HTTPResponse

from app.once.once import Once, Order, Reserving
from app.once.receipts import GIVEN_UP, RECEIPTS, Answer, Receipt, Receipts, Turn, receipt
from catalog.catalog import Catalog, Noting
from catalog.collection import Note
from catalog.declared import Declared
from catalog.errors import CollectionMissing, NoteTaken
from commands.errors import RequestDiffers, RequestUnderWay
from commands.requests import Key, Requests
from events.commit import Event, NewCommit, now
from events.errors import LogUnavailable
from events.position import NO_STREAM, stream_name
from events.store import Database
from tests.openapi.serving import Served

GONE = Answer(204, {}, b"")
ABOUT = 7

_numbers = count(1)


class CutOff(Receipts):
    """Loses MongoDB at one of its steps, once that had, or did not have, its effect; and then cannot leave."""

    def __init__(self, database: Database, *, begun: bool = False, can_leave: bool = True) -> None:
        super().__init__(database)
        self._begun = begun
        self._can_leave = can_leave

    async def begin(self, turn: Turn, about: object, over: Receipt | None) -> bool:
        """As it is, and then the answer is lost where that is wanted."""
        begun = await super().begin(turn, about, over)
        if self._begun:
            raise LogUnavailable("cut off")
        return begun

    async def finish(self, turn: Turn, answer: Answer) -> None:
        """Never."""
        raise LogUnavailable("cut off")

    async def leave(self, turn: Turn) -> None:
        """As it is, where that is wanted."""
        if not self._can_leave:
            raise LogUnavailable("cut off a second time")
        await super().leave(turn)


@pytest.fixture
def key() -> Key:
    """A key that no other test uses."""
    return Key(f"turn-{next(_numbers)}".encode().ljust(16), b"digest".ljust(16))


@pytest.fixture
def database(site: Served) -> Database:
    """Where the receipts are."""
    return site.deployment.stores.database


async def look() -> int:
    """What every order here is about."""
    return ABOUT


async def execute(about: object) -> Answer:
    """Has no effect."""
    assert about == ABOUT
    return GONE


async def unwanted(about: object) -> Answer:
    """Is not to be called."""
    raise AssertionError


def other(key: Key) -> Key:
    """The same key, with another request."""
    return Key(key.request, b"another".ljust(16))


def noting(reserving: Reserving | None) -> Noting:
    """Takes the key, and notes that all is gone."""
    assert reserving is not None
    key, take = reserving

    def note(declared: Declared | None, created: bool) -> Note:
        return receipt(key, GONE)

    return Noting(key.request, note, take)


def once(site: Served, receipts: Receipts) -> Once:
    """Of a worker of its own."""
    return Once(receipts, site.deployment.catalog, site.deployment.log, Requests())


async def taken_over(receipts: Receipts, key: Key) -> tuple[Turn, Turn]:
    """The turn of a process that stalls, and the turn of the one that goes on in its place."""
    stalled, next_one = Turn(key, now() - GIVEN_UP), Turn(key, now())
    assert await receipts.begin(stalled, ABOUT, None)
    assert await receipts.begin(next_one, ABOUT, await receipts.find(key))
    return stalled, next_one


@pytest.mark.parametrize("begun", [False, True])
async def test_an_order_is_executed_again_at_once_when_its_receipt_could_not_be_written(
    begun: bool, key: Key, site: Served, database: Database
) -> None:
    order = Order(key, "turns", "user:eve")
    with pytest.raises(LogUnavailable):
        await once(site, CutOff(database, begun=begun)).between(order, look, execute)
    assert (await once(site, Receipts(database)).between(order, look, execute)).status == 204


async def test_the_first_error_is_told_when_the_receipt_can_not_be_left_either(
    key: Key, site: Served, database: Database
) -> None:
    receipts = CutOff(database, can_leave=False)
    with pytest.raises(LogUnavailable, match=r"cut off$"):
        await once(site, receipts).between(Order(key, "turns", "user:eve"), look, execute)
    left = await receipts.find(key)
    assert left is not None
    assert now() - left.at < GIVEN_UP


@pytest.mark.parametrize("is_done", [False, True])
async def test_a_request_that_is_refused_is_answered_where_another_process_has_done_it(
    is_done: bool, key: Key, site: Served, collection: str, database: Database
) -> None:
    order, receipts = Order(key, collection, "user:eve"), Receipts(database)
    await site.deployment.catalog.declare(collection, {})

    async def drop(reserving: Reserving | None) -> Answer:
        await site.deployment.catalog.drop(collection, {}, noting=noting(reserving))
        return GONE

    async def refused(reserving: Reserving | None) -> Answer:
        if is_done:
            assert (await once(site, receipts).beside(order, drop)).status == 204
        raise CollectionMissing(collection)

    asked = once(site, receipts).beside(order, refused)
    if is_done:
        assert (await asked).status == 204
        return
    with pytest.raises(CollectionMissing):
        await asked
    assert await receipts.find(key) is None


async def test_a_key_that_stands_only_in_the_record_it_changed_is_not_taken_for_another_order(
    key: Key, site: Served, collection: str, database: Database
) -> None:
    async def untaken() -> None:
        pass

    alone = noting(Reserving(key, untaken))
    order = Order(other(key), f"{collection}x", "user:eve")
    await site.deployment.catalog.declare(collection, {}, noting=alone)
    await database[RECEIPTS].delete_one({"_id": key.request})
    with pytest.raises(RequestDiffers):
        await once(site, Receipts(database)).beside(order, unwanted)
    await database[RECEIPTS].delete_one({"_id": key.request})
    with pytest.raises(RequestDiffers):
        await once(site, Receipts(database)).between(order, look, unwanted)
    await database[RECEIPTS].delete_one({"_id": key.request})
    with pytest.raises(NoteTaken):
        await site.deployment.catalog.declare(order.collection, {}, noting=alone)


async def declared(site: Served, order: Order, before_taking: Callable[[], Awaitable[object]]) -> HTTPResponse:
    """Another worker's keyed declaration, while something else happens just before it takes its key."""
    stores = site.deployment.stores
    catalog = await Catalog.open(stores.database, prefix="another")

    async def declare(reserving: Reserving | None) -> Answer:
        assert reserving is not None

        async def take() -> None:
            await before_taking()
            await reserving.take()

        noted = noting(Reserving(reserving.key, take))
        await catalog.declare(order.collection, {}, noting=noted)
        return GONE

    another = Once(Receipts(stores.database), catalog, site.deployment.log, Requests())
    return await another.beside(order, declare)


async def nothing() -> None:
    """What happens mostly."""


Taker = Callable[[Served, Order], Awaitable[object]]


async def another_declaration(site: Served, order: Order) -> None:
    """A third worker takes the key for a declaration."""
    await declared(site, order, nothing)


async def a_rebuild(site: Served, order: Order) -> None:
    """Another worker takes the key for what has its effect in Redis."""
    await once(site, Receipts(site.deployment.stores.database)).between(order, look, execute)


async def a_document(site: Served, order: Order) -> None:
    """Another worker takes the key for a write."""
    assert order.key is not None
    events = [Event("created", {})]
    stream = stream_name(order.collection, "o1")
    await site.deployment.log.append(NewCommit(stream, NO_STREAM, events, order.actor, *order.key))


@pytest.mark.parametrize("taken_for", [another_declaration, a_rebuild, a_document])
async def test_of_two_requests_that_take_one_key_at_a_time_only_one_has_an_effect(
    taken_for: Taker, key: Key, site: Served, collection: str, database: Database
) -> None:
    theirs = Order(other(key), f"{collection}x", "user:eve")
    with pytest.raises(RequestDiffers):
        await declared(site, Order(key, collection, "user:eve"), lambda: taken_for(site, theirs))
    assert not await site.deployment.catalog.exists_now(collection)


@pytest.mark.parametrize("taken_for", [another_declaration, a_rebuild, a_document])
async def test_an_order_outside_the_catalog_has_no_effect_where_its_key_is_taken_meanwhile(
    taken_for: Taker, key: Key, site: Served, collection: str, database: Database
) -> None:
    async def look_late() -> int:
        await taken_for(site, Order(other(key), f"{collection}x", "user:eve"))
        return ABOUT

    ours = Order(key, collection, "user:eve")
    with pytest.raises((RequestDiffers, RequestUnderWay)):
        await once(site, Receipts(database)).between(ours, look_late, unwanted)


async def test_a_declaration_that_died_with_its_key_taken_is_made_at_once_when_it_comes_again(
    key: Key, site: Served, collection: str
) -> None:
    order = Order(key, collection, "user:eve")

    async def cut_off() -> None:
        await site.deployment.log.append(
            NewCommit(stream_name(collection, "~"), NO_STREAM, [], order.actor, *key)
        )
        raise LogUnavailable("cut off")

    with pytest.raises(LogUnavailable):
        await declared(site, order, cut_off)
    assert not await site.deployment.catalog.exists_now(collection)
    assert (await declared(site, order, nothing)).status == 204
    assert await site.deployment.catalog.exists_now(collection)


async def test_a_process_that_was_refused_does_not_withdraw_what_another_has_taken_over(
    key: Key, database: Database
) -> None:
    receipts = Receipts(database)
    stalled, going_on = await taken_over(receipts, key)
    await receipts.withdraw(stalled)
    await receipts.leave(stalled)
    found = await receipts.find(key)
    assert found == Receipt(going_on.at, ABOUT, None)
    await receipts.withdraw(going_on)
    assert await receipts.find(key) is None


async def test_of_two_processes_the_one_that_took_over_answers(key: Key, database: Database) -> None:
    receipts = Receipts(database)
    stalled, going_on = await taken_over(receipts, key)
    with pytest.raises(LogUnavailable):
        await receipts.finish(stalled, Answer(200, {}, b"{}"))
    await receipts.finish(going_on, GONE)
    with pytest.raises(LogUnavailable):
        await receipts.finish(stalled, Answer(200, {}, b"{}"))
    await receipts.leave(stalled)
    assert await receipts.find(key) == Receipt(going_on.at, ABOUT, GONE)
