"""Once: keyed requests that are no commands on documents have one effect, and one answer.

beside    the effect is in MongoDB: its answer is kept in one transaction with it
between   the effect is elsewhere: what it is about is kept before it, its answer after it; where a process dies
          in between, the request is executed again when it comes again, on the same thing as before
"""

from collections.abc import Awaitable, Callable

from pymongo.asynchronous.client_session import AsyncClientSession
from sanic.response import HTTPResponse

from app.once.receipts import GIVEN_UP, About, Answer, Receipt, Receipts, ReceiptTaken
from commands.errors import RequestDiffers, RequestUnderWay
from commands.requests import Key, Requests
from events.commit import now
from events.errors import FoldbaseError, LogUnavailable
from events.log import EventLog
from projections.errors import CheckpointMoved, ProjectionAway

_UNKNOWN = (ProjectionAway, CheckpointMoved, LogUnavailable)

Keep = Callable[[AsyncClientSession | None, Answer], Awaitable[None]]
"""Keeps the answer, in the transaction of a session."""


class Once:
    """Executes keyed requests, or answers them as they were answered."""

    def __init__(self, receipts: Receipts, log: EventLog, requests: Requests) -> None:
        self._receipts = receipts
        self._log = log
        self._requests = requests

    async def beside(
        self, key: Key | None, execute: Callable[[Keep | None], Awaitable[Answer]]
    ) -> HTTPResponse:
        """Execute a request whose effect is one with what it keeps.

        execute: is given what keeps its answer, None where there is no key.
        Raises:  RequestUnderWay, RequestDiffers, LogUnavailable; what `execute` raises.
        """
        if key is None:
            return (await execute(None)).response()

        async def keep(session: AsyncClientSession | None, answer: Answer) -> None:
            await self._receipts.add(key, answer, session)

        with self._requests.under_way(key):
            receipt = await self._find(key)
            if receipt is None:
                try:
                    return (await execute(keep)).response()
                except ReceiptTaken:
                    receipt = await self._find(key)
        return _answer(receipt).response()

    async def between(
        self,
        key: Key | None,
        look: Callable[[], Awaitable[About]],
        execute: Callable[[About | None], Awaitable[Answer]],
    ) -> HTTPResponse:
        """Execute a request between two writes of its receipt.

        look:    tells what the request is about, as things are before it has its effect.
        execute: is given that, None where there is no key; executed again on the same, it has no second effect.
        Raises:  as `beside`; a refusal leaves no receipt.
        """
        if key is None:
            return (await execute(None)).response()
        with self._requests.under_way(key):
            receipt = await self._find(key)
            if receipt is not None and receipt.answer is not None:
                return receipt.answer.response()
            about = await self._begin(key, receipt, look)
            try:
                answer = await execute(about)
            except BaseException as error:
                is_refusal = isinstance(error, FoldbaseError) and not isinstance(error, _UNKNOWN)
                await (self._receipts.withdraw if is_refusal else self._receipts.leave)(key)
                raise
            await self._receipts.finish(key, answer)
        return answer.response()

    async def _find(self, key: Key) -> Receipt | None:
        receipt = await self._receipts.find(key)
        if receipt is None and await self._log.effects.find(key.request) is not None:
            raise RequestDiffers
        return receipt

    async def _begin(self, key: Key, receipt: Receipt | None, look: Callable[[], Awaitable[About]]) -> About:
        if receipt is not None and now() - receipt.at < GIVEN_UP:
            raise RequestUnderWay
        about = await look() if receipt is None or receipt.about is None else receipt.about
        if not await self._receipts.begin(key, about, receipt):
            raise RequestUnderWay
        return about


def _answer(receipt: Receipt | None) -> Answer:
    if receipt is None or receipt.answer is None:
        raise RequestUnderWay
    return receipt.answer
