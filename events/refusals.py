"""Why a commit can not be stored: read from MongoDB's answer, or asked for many commits at once."""

from collections.abc import Sequence

from events.appender import AppendRefused, OutcomeUnknown, TailLost
from events.batch import Ready
from events.commit import JsonObject
from events.errors import (
    ClaimTaken,
    FoldbaseError,
    InvalidValue,
    LogUnavailable,
    RequestRepeated,
    VersionConflict,
)
from events.store import CLAIMS, COMMITS, MAJORITY, Database, is_interrupted

DUPLICATE_KEY = 11000
UNSTORABLE = {2, 15, 22, 10334}  # BadValue, Overflow (nested too deeply), InvalidBSON, BSONObjectTooLarge


def check(batch: Sequence[Ready], answer: JsonObject, *, whole: bool = False) -> None:
    """Read an insert's answer. `whole`: in a transaction one error undoes the writes before it, too.

    A commit that breaks two unique indexes at once is reported by the first of them, `_id`: so a late twin
    of a commit never looks like a version conflict with itself (a test holds the server to it).
    Raises: TailLost, AppendRefused, OutcomeUnknown, unless all of it was written.
    """
    if "writeConcernError" in answer:
        raise OutcomeUnknown(str(answer["writeConcernError"].get("errmsg")))
    for error in answer.get("writeErrors", ()):
        index = error["index"]
        stored = 0 if whole else index
        if error["code"] == DUPLICATE_KEY and "_id" in error["keyPattern"]:
            raise TailLost(stored)
        if is_interrupted(error["code"]):
            raise OutcomeUnknown(error["errmsg"])
        raise AppendRefused(stored, index, _refusal(batch[index], error))


def unstorable(code: int) -> InvalidValue:
    """The refusal of what MongoDB can not store, as its error code says."""
    return InvalidValue("", f"can not be stored: MongoDB refuses it with code {code}; is it nested too deeply?")


def _refusal(ready: Ready, error: JsonObject) -> FoldbaseError:
    if error["code"] == DUPLICATE_KEY:
        if "request" in error["keyPattern"] and ready.new.request is not None:
            return RequestRepeated(ready.new.request)
        return VersionConflict(ready.new.stream, ready.new.expected)
    if error["code"] in UNSTORABLE:
        return unstorable(error["code"])
    return LogUnavailable(f"MongoDB refused the commit with code {error['code']}")


async def hopeless(database: Database, batch: Sequence[Ready]) -> dict[int, FoldbaseError]:
    """The commits that can not be stored any more, by their places in the batch, and why. Raises PyMongoError.

    Claims are looked up first: whoever finds his own stream's claim then finds its commit, too.
    """
    held = await _held(database, batch)
    repeated = await _repeated(database, batch)
    written = await _written(database, batch)
    refusals: dict[int, FoldbaseError] = {}
    for index, ready in enumerate(batch):
        new = ready.new
        taken = next((claim for claim in new.taken if claim in held), None)
        if new.request is not None and new.request in repeated:
            refusals[index] = RequestRepeated(new.request)
        elif (new.stream, new.expected + 1) in written and new.events:
            refusals[index] = VersionConflict(new.stream, new.expected)
        elif taken is not None:
            refusals[index] = ClaimTaken(taken)
    return refusals


async def _held(database: Database, batch: Sequence[Ready]) -> set[str]:
    """The claims that somebody holds and nobody in the batch releases."""
    released = {claim for ready in batch for claim in ready.new.released}
    wanted = [claim for ready in batch for claim in ready.new.taken if claim not in released]
    if not wanted:
        return set()
    claims = database.get_collection(CLAIMS, read_concern=MAJORITY)
    return {claim["_id"] async for claim in claims.find({"_id": {"$in": wanted}}, {"_id": True})}


async def _repeated(database: Database, batch: Sequence[Ready]) -> set[bytes]:
    """The request keys that have had their effect."""
    requests = [ready.new.request for ready in batch if ready.new.request is not None]
    if not requests:
        return set()
    commits = database.get_collection(COMMITS, read_concern=MAJORITY)
    found = commits.find({"request": {"$in": requests}}, {"_id": False, "request": True})
    return {commit["request"] async for commit in found}


async def _written(database: Database, batch: Sequence[Ready]) -> set[tuple[str, int]]:
    """Streams and versions that exist; among others those that the batch wants to write."""
    streams = list({ready.new.stream for ready in batch})
    versions = list({ready.new.expected + 1 for ready in batch})
    commits = database.get_collection(COMMITS, read_concern=MAJORITY)
    wanted = {"stream": {"$in": streams}, "version": {"$in": versions}}
    found = commits.find(wanted, {"_id": False, "stream": True, "version": True})
    return {(commit["stream"], commit["version"]) async for commit in found}
