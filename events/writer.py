"""How a batch of commits reaches MongoDB: one ordered insert, or one transaction where claims are at stake."""

import asyncio
from collections.abc import Sequence
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import ConnectionFailure, ExecutionTimeout, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern

from events.appender import AppendRefused, BatchRefused, OutcomeUnknown, TailLost
from events.background import end as end_tasks
from events.batch import Append
from events.claims import steps
from events.commit import JsonObject
from events.errors import ClaimTaken, FoldbaseError
from events.orphans import end_orphans
from events.position import Position, beginning, end
from events.refusals import UNSTORABLE, check, hopeless, unstorable
from events.store import CLAIMS, COMMITS, DURABLE, MAJORITY, Database, is_unknown


class MongoWriter:
    """Writes one partition's commits. `commands` are sent bare, so that nothing is retried behind our back."""

    def __init__(self, database: Database, partition: int) -> None:
        self._database = database
        self._partition = partition
        self._commits = database.get_collection(COMMITS, read_concern=MAJORITY)
        self._session = database.client.start_session(causal_consistency=False)
        self._hurrying: asyncio.Task[None] | None = None

    async def insert(self, batch: list[Append], first: Position) -> None:
        """See appender.Writer."""
        places = [append.at(Position(place)) for place, append in enumerate(batch, first)]
        try:
            if batch[0].claims:
                await self._insert_with_claims(batch, places, first)
            else:
                answer = await self._command(COMMITS, places, writeConcern=DURABLE.document)
                check(batch, answer)
        except (ConnectionFailure, ExecutionTimeout, OperationFailure) as error:
            if is_unknown(error):
                raise OutcomeUnknown(str(error)) from error
            if isinstance(error, OperationFailure) and error.code in UNSTORABLE:
                raise BatchRefused(unstorable(error.code)) from error
            raise

    async def tail(self) -> Position:
        """See appender.Writer."""
        try:
            last = await self._commits.find_one(
                {"_id": {"$gt": beginning(self._partition), "$lte": end(self._partition)}},
                {"_id": True},
                sort=[("_id", -1)],
            )
        except PyMongoError as error:
            raise OutcomeUnknown(str(error)) from error
        return beginning(self._partition) if last is None else Position(last["_id"])

    async def nonces(self, first: Position, count: int) -> list[bytes]:
        """See appender.Writer."""
        try:
            found = await self._commits.find(
                {"_id": {"$gte": first, "$lt": first + count}}, {"nonce": True}, sort=[("_id", 1)]
            ).to_list()
        except PyMongoError as error:
            raise OutcomeUnknown(str(error)) from error
        return [commit["nonce"] for commit in found]

    async def hopeless(self, batch: list[Append]) -> dict[int, FoldbaseError]:
        """See appender.Writer."""
        try:
            return await hopeless(self._database, batch)
        except PyMongoError as error:
            raise OutcomeUnknown(str(error)) from error

    def hurry(self) -> None:
        """See appender.Writer: a process that died may have left its transaction in our way."""
        if self._hurrying is None or self._hurrying.done():
            self._hurrying = asyncio.create_task(end_orphans(self._database.client), name="end orphans")

    async def close(self) -> None:
        """See appender.Writer."""
        if self._hurrying is not None:
            await end_tasks([self._hurrying])

    async def _command(
        self,
        collection: str,
        documents: Sequence[Any],
        session: AsyncClientSession | None = None,
        **more: Any,
    ) -> JsonObject:
        command = {"insert": collection, "ordered": True, "documents": documents, **more}
        return await self._database.command(command, session=session)

    async def _insert_with_claims(self, batch: list[Append], places: list[Any], first: Position) -> None:
        """Insert in a transaction, always of the same session.

        When it begins, the server ends what an earlier one of its session left open, and refuses what of
        that comes late. So one whose outcome is unknown, even of its commit, may simply be sent again.
        """
        session = self._session
        async with await session.start_transaction(ReadConcern("snapshot"), DURABLE):
            try:
                check(batch, await self._command(COMMITS, places, session), whole=True)
                await self._move_claims(batch, first, session)
            except OperationFailure as error:
                if error.has_error_label("TransientTransactionError"):
                    raise TailLost(0) from error
                raise
            try:
                await session.commit_transaction()
            except PyMongoError as error:
                raise OutcomeUnknown(str(error)) from error

    async def _move_claims(self, batch: list[Append], first: Position, session: AsyncClientSession) -> None:
        for step in steps(batch, first):
            if step.deletes:
                await self._database.command({"delete": CLAIMS, "deletes": step.deletes}, session=session)
            if step.taken:
                answer = await self._command(CLAIMS, step.taken, session)
                for error in answer.get("writeErrors", ()):
                    place = error["index"]
                    raise AppendRefused(0, step.takers[place], ClaimTaken(step.taken[place]["_id"]))
