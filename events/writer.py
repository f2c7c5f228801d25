"""How a batch of commits reaches MongoDB: one ordered insert, or one transaction where claims are at stake."""

from pymongo.errors import OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern

from events.appender import BatchRefused, OutcomeUnknown, TailLost
from events.batch import Append
from events.errors import FoldbaseError
from events.inserting import insert_into, insert_whole
from events.orphans import Orphans
from events.position import Position
from events.refusals import UNSTORABLE, check, hopeless, unstorable
from events.store import COMMITS, DURABLE, MAJORITY, Database, is_unknown, tail


class MongoWriter:
    """Writes one partition's commits."""

    def __init__(self, database: Database, partition: int) -> None:
        self._database = database
        self._partition = partition
        self._commits = database.get_collection(COMMITS, read_concern=MAJORITY)
        self._session = database.client.start_session(causal_consistency=False)
        self._orphans = Orphans(database.client)

    async def insert(self, batch: list[Append], first: Position) -> None:
        """See appender.Writer."""
        places = [Position(place) for place in range(first, first + len(batch))]
        try:
            if batch[0].claims:
                await self._insert_with_claims(batch, places)
            else:
                commits = [append.at(place) for append, place in zip(batch, places, strict=True)]
                answer = await insert_into(self._database, COMMITS, commits, writeConcern=DURABLE.document)
                check(batch, answer)
        except PyMongoError as error:
            if is_unknown(error):
                raise OutcomeUnknown(str(error)) from error
            if isinstance(error, OperationFailure) and error.code in UNSTORABLE:
                raise BatchRefused(unstorable(error.code)) from error
            raise

    async def tail(self) -> Position:
        """See appender.Writer."""
        try:
            return await tail(self._commits, self._partition)
        except PyMongoError as error:
            raise OutcomeUnknown(str(error)) from error

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
        self._orphans.end_soon()

    async def close(self) -> None:
        """See appender.Writer."""
        await self._orphans.close()

    async def _insert_with_claims(self, batch: list[Append], places: list[Position]) -> None:
        """Insert in a transaction, always of the same session.

        When it begins, the server ends what an earlier one of its session left open, and refuses what of
        that comes late. So one whose outcome is unknown, even of its commit, may simply be sent again.
        """
        session = self._session
        async with await session.start_transaction(ReadConcern("snapshot"), DURABLE):
            try:
                await insert_whole(self._database, session, batch, places)
            except OperationFailure as error:
                if error.has_error_label("TransientTransactionError"):
                    raise TailLost(0) from error
                raise
            try:
                await session.commit_transaction()
            except PyMongoError as error:
                raise OutcomeUnknown(str(error)) from error
