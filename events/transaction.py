"""One transaction that stores several commits, tried until they are stored or refused."""

import asyncio
from collections.abc import Sequence
from itertools import count

import structlog
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern

from events.appender import AppendRefused, OutcomeUnknown, TailLost
from events.batch import Ready
from events.errors import FoldbaseError, LogUnavailable, TogetherRefused
from events.inserting import insert_into, insert_whole
from events.pauses import Pauses
from events.position import Position, beginning, partition_for, partition_of
from events.refusals import UNSTORABLE, hopeless, unstorable
from events.store import COMMITS, DURABLE, Database, tail

_log = structlog.get_logger(__name__)

LONGEST_PAUSE = 0.02
SNAPSHOT = ReadConcern("snapshot")
NOWHERE = beginning(0)


class Transaction:
    """Stores a batch behind the tails of its partitions; whoever comes first at a position owns it.

    What the primary has counts as the tail, though no majority has it yet: so a batch finds its place also
    behind an appender that is busy. Whoever comes when its commits are inserted waits for the transaction; who
    was faster makes it come to nothing, and it is tried again.

    may_be_stored: whether it is asked for and not known.
    trouble:       what the last attempt failed of.
    """

    def __init__(self, database: Database, batch: Sequence[Ready], partitions: int) -> None:
        """partitions: how many the log has."""
        self.partitions = [partition_for(ready.new.stream, partitions) for ready in batch]
        self.may_be_stored = False
        self.trouble = "MongoDB did not answer in time"
        self._database = database
        self._batch = batch

    async def run(self, session: AsyncClientSession) -> list[Position]:
        """Store the batch; where its commits stand. Goes on until it is known, or cancelled.

        Always the same session: when an attempt begins, the server ends what an earlier one left open, and
        refuses what of that comes late. Raises: TogetherRefused, LogUnavailable; nothing was written then.
        """
        pauses = Pauses(LONGEST_PAUSE)
        while True:
            try:
                return await self._attempt(session)
            except AppendRefused as refused:
                raise await self._first_refusal(refused.index, refused.error) from None
            except (TailLost, OutcomeUnknown, PyMongoError) as error:
                if isinstance(error, OperationFailure) and error.code in UNSTORABLE:
                    raise await self._blame(session, error.code) from error
                self.trouble = "other writers are faster" if isinstance(error, TailLost) else str(error)
            await pauses.wait()

    async def _attempt(self, session: AsyncClientSession) -> list[Position]:
        tails = await self._tails()
        places = self._behind(tails)
        async with await session.start_transaction(SNAPSHOT, DURABLE):
            await insert_whole(self._database, session, self._batch, places)
            await self._check(tails, session)
            await self._commit(session)
        return places

    async def _tails(self) -> list[Position]:
        """The tail of every partition concerned; asked for at once and beforehand: it soon is stale."""
        commits, concerned = self._database[COMMITS], set(self.partitions)
        return await asyncio.gather(*(tail(commits, partition) for partition in concerned))

    def _behind(self, tails: Sequence[Position]) -> list[Position]:
        """The positions after the tails: in every partition one after the other, in the batch's order."""
        following = {partition_of(last): count(last + 1) for last in tails}
        return [Position(next(following[partition])) for partition in self.partitions]

    async def _check(self, tails: Sequence[Position], session: AsyncClientSession) -> None:
        """Raise TailLost unless the tails are there: a deposed primary may have told of what only it had."""
        known = [last for last in tails if last != beginning(partition_of(last))]
        found = self._database[COMMITS].find({"_id": {"$in": known}}, {"_id": True}, session=session)
        if len(await found.to_list()) < len(known):
            raise TailLost(0)

    async def _commit(self, session: AsyncClientSession) -> None:
        """Commit; on return it is durable. Asked for again, a transaction is not committed twice.

        Raises PyMongoError when it came to nothing: MongoDB says so by a label, and says it for certain.
        """
        self.may_be_stored = True
        pauses = Pauses()
        while True:
            try:
                return await session.commit_transaction()
            except PyMongoError as error:
                if error.has_error_label("TransientTransactionError"):
                    self.may_be_stored = False
                    raise
                self.trouble = str(error)
                _log.warning("batch outcome unknown, asking for it again", reason=self.trouble)
            await pauses.wait()

    async def _first_refusal(self, index: int, error: FoldbaseError) -> FoldbaseError:
        """What to tell: of all commits that can not be stored the first. Claims are refused after all else."""
        if isinstance(error, LogUnavailable):
            return error
        refusals = {index: error}
        try:
            refusals |= await hopeless(self._database, self._batch)
        except PyMongoError as unasked:
            self.trouble = str(unasked)
        first = min(refusals)
        return TogetherRefused(first, refusals[first])

    async def _blame(self, session: AsyncClientSession, code: int) -> FoldbaseError:
        """MongoDB refuses the batch as a whole: find the commit that it can not store."""
        for index, ready in enumerate(self._batch):
            if await self._is_unstorable(session, ready):
                return TogetherRefused(index, unstorable(code))
        return unstorable(code)

    async def _is_unstorable(self, session: AsyncClientSession, ready: Ready) -> bool:
        """Whether MongoDB refuses the commit as it is: it is inserted alone, and in vain."""
        try:
            async with await session.start_transaction(SNAPSHOT, DURABLE):
                await insert_into(self._database, COMMITS, [ready.at(NOWHERE)], session)
                await session.abort_transaction()
        except PyMongoError as error:
            return isinstance(error, OperationFailure) and error.code in UNSTORABLE
        return False
