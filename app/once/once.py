"""Once: keyed requests that are no commands on documents have one effect, and one answer.

beside    the effect is a change of the catalog: its answer is left with it, in one write
between   the effect is elsewhere: what it is about is kept before it, its answer after it; where a process dies
          in between, the request is executed again when it comes again, on the same thing as before

Either way the key stands in the log before the effect, where the key of every write stands: whoever comes to it
with another request, in whatever process, is refused.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import NamedTuple, TypeVar

from sanic.response import HTTPResponse

from app.once.receipts import GIVEN_UP, Answer, Receipt, Receipts, Turn
from catalog.catalog import Catalog
from catalog.errors import CatalogError, CatalogUnavailable, NoteTaken
from commands.errors import RequestUnderWay
from commands.requests import Key, Requests
from events.commit import NewCommit, now
from events.errors import FoldbaseError, LogUnavailable, RequestRepeated
from events.log import EventLog
from events.position import NO_STREAM, stream_name
from projections.errors import CheckpointMoved, ProjectionAway

_UNKNOWN = (ProjectionAway, CheckpointMoved, LogUnavailable)

Thing = TypeVar("Thing")
"""What a request is about: one of Receipt.about."""

_NO_DOCUMENT = "~"
"""The id of the stream that keeps a key in the log. A document of this id has no part in it."""


class Order(NamedTuple):
    """Who asks for something about a collection, and under which key."""

    key: Key | None
    collection: str
    actor: str


class Reserving(NamedTuple):
    """The key of a request, and what makes it this request's alone: to be awaited right before the effect.

    take: Raises RequestDiffers, LogUnavailable.
    """

    key: Key
    take: Callable[[], Awaitable[None]]


class Once:
    """Executes keyed requests, or answers them as they were answered."""

    def __init__(self, receipts: Receipts, catalog: Catalog, log: EventLog, requests: Requests) -> None:
        self._receipts = receipts
        self._catalog = catalog
        self._log = log
        self._requests = requests

    async def beside(
        self, order: Order, execute: Callable[[Reserving | None], Awaitable[Answer]]
    ) -> HTTPResponse:
        """Execute a request whose effect is one with what it keeps.

        execute: is given the key, to take it and to leave a receipt with it; None where there is none.
        Raises:  RequestUnderWay, RequestDiffers, LogUnavailable; what `execute` raises.
        """
        key = order.key
        if key is None:
            return (await execute(None)).response()

        with self._requests.under_way(key):
            receipt = await self._find(key)
            if receipt is None:
                try:
                    return (await execute(Reserving(key, partial(self._reserve, order, key)))).response()
                except (FoldbaseError, CatalogError) as refused:
                    receipt = await self._find_after(refused, key)
        return _answer(receipt).response()

    async def between(
        self,
        order: Order,
        look: Callable[[], Awaitable[Thing]],
        execute: Callable[[Thing | None], Awaitable[Answer]],
    ) -> HTTPResponse:
        """Execute a request between two writes of its receipt.

        look:    tells what the request is about, as things are before it has its effect.
        execute: is given that, None where there is no key; executed again on the same, it has no second effect.
        Raises:  as `beside`; a refusal leaves no receipt.
        """
        key = order.key
        if key is None:
            return (await execute(None)).response()
        with self._requests.under_way(key):
            receipt = await self._find(key)
            if receipt is not None and receipt.answer is not None:
                return receipt.answer.response()
            turn, about = await self._begin(key, receipt, look)
            async with self._given_up(turn):
                await self._reserve(order, key)
                answer = await execute(about)
                await self._receipts.finish(turn, answer)
        return answer.response()

    async def _find_after(self, refused: Exception, key: Key) -> Receipt | None:
        """The receipt that another process left meanwhile: what it did may be why this one is refused.

        Raises: `refused`, where there is none; RequestDiffers, CatalogUnavailable, LogUnavailable.
        """
        if isinstance(refused, (CatalogUnavailable, *_UNKNOWN)):
            raise refused
        receipt = await self._find(key)
        if receipt is None and not isinstance(refused, NoteTaken):
            raise refused
        return receipt

    async def _find(self, key: Key) -> Receipt | None:
        await self._catalog.settle(key.request)
        receipt = await self._receipts.find(key)
        if receipt is None and (effect := await self._log.effects.find(key.request)) is not None:
            key.check(effect.digest)
        return receipt

    async def _reserve(self, order: Order, key: Key) -> None:
        """Leave the key in the log, or find it there as this request's.

        Raises: RequestDiffers, LogUnavailable.
        """
        stream = stream_name(order.collection, _NO_DOCUMENT)
        try:
            await self._log.append(NewCommit(stream, NO_STREAM, [], order.actor, key.request, key.digest))
        except RequestRepeated:
            effect = await self._log.effects.find(key.request)
            key.check(None if effect is None else effect.digest)

    async def _begin(
        self, key: Key, receipt: Receipt | None, look: Callable[[], Awaitable[Thing]]
    ) -> tuple[Turn, Thing]:
        if receipt is not None and now() - receipt.at < GIVEN_UP:
            raise RequestUnderWay
        about = await look() if receipt is None or receipt.about is None else receipt.about
        turn = Turn(key, now())
        async with self._given_up(turn):
            is_ours = await self._receipts.begin(turn, about, receipt)
        if not is_ours:
            raise RequestUnderWay
        return turn, about

    @asynccontextmanager
    async def _given_up(self, turn: Turn) -> AsyncIterator[None]:
        """Where this fails, withdraw the receipt of a refusal, and leave any other, if that can be done."""
        try:
            yield
        except BaseException as error:
            is_refusal = isinstance(error, FoldbaseError) and not isinstance(error, _UNKNOWN)
            with suppress(LogUnavailable):
                await (self._receipts.withdraw if is_refusal else self._receipts.leave)(turn)
            raise


def _answer(receipt: Receipt | None) -> Answer:
    if receipt is None or receipt.answer is None:
        raise RequestUnderWay
    return receipt.answer
