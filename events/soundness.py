"""Soundness: whether what commits say is JSON. What somebody wrote into the log by hand need not be.

No document may come of NaN, infinities, dates or bytes: they would be answered as something that they are not.
"""

from json import JSONEncoder

import orjson

from events.commit import RESTORED, Commit, JsonObject
from events.document import UnknownEvent

_NULL = b"null"
_STRICT = JSONEncoder(allow_nan=False)


def check_commit(commit: Commit) -> None:
    """Raises UnknownEvent, or whatever writing it as JSON leads to, unless all that a commit says is JSON."""
    check_objects(commit)
    for type_, data in commit.events:
        check_body(data["body"] if type_ == RESTORED else data)


def check_objects(commit: Commit) -> None:
    """Raises UnknownEvent unless every event of a commit says an object; what is in it is not looked at."""
    for type_, data in commit.events:
        if type(data["body"] if type_ == RESTORED else data) is not dict:
            raise UnknownEvent(f"{type_!r} in version {commit.version} of {commit.stream} holds no JSON object")


def check_body(body: JsonObject) -> None:
    """Raises whatever writing it as JSON leads to, unless it is JSON."""
    check_numbers(body, orjson.dumps(body, option=orjson.OPT_PASSTHROUGH_DATETIME))


def check_numbers(body: JsonObject, written: bytes) -> None:
    """Raises ValueError for NaN and infinities in `body`, which were `written` as null."""
    if _NULL in written:
        _STRICT.encode(body)
