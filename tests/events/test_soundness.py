"""What the log may hold, written by hand, and no document may come of."""

from datetime import UTC, datetime
from typing import Any

import pytest
from bson import Decimal128, ObjectId

from events.commit import Commit, Event, NewCommit, committed
from events.position import Position, StreamName, Version
from events.soundness import check_commit

AT = datetime(2026, 1, 1, tzinfo=UTC)
UNSOUND = [float("nan"), float("inf"), float("-inf"), AT, b"bytes", ObjectId(), Decimal128("1.5")]


def commit(*events: Event) -> Commit:
    """A commit with these events."""
    return committed(NewCommit(StreamName("orders/o1"), Version(0), list(events), "user:eve"), Position(1), AT)


@pytest.mark.parametrize("value", UNSOUND)
@pytest.mark.parametrize("place", ["body", "deep", "patch", "restored", "last of two"])
def test_what_is_no_json_is_refused_wherever_it_stands(value: Any, place: str) -> None:
    events = {
        "body": [Event("created", {"n": value})],
        "deep": [Event("created", {"null": None, "n": [None, {"n": value}]})],
        "patch": [Event("patched", {"set": {"n": value}, "unset": []})],
        "restored": [Event("restored", {"body": {"n": value}, "created": {"at": AT, "position": 1}})],
        "last of two": [Event("created", {"n": None}), Event("replaced", {"n": value})],
    }
    with pytest.raises(Exception, match=r"JSON|serializable"):
        check_commit(commit(*events[place]))


@pytest.mark.parametrize("data", [[1], "text", None, 1])
def test_an_event_that_says_no_object_is_refused(data: Any) -> None:
    with pytest.raises(Exception, match="holds no JSON object"):
        check_commit(commit(Event("created", data)))


def test_what_json_can_say_is_sound_and_so_is_when_a_restored_document_was_made() -> None:
    body = {"null": None, "nan": "NaN", "n": [1, -1.5, True, {"": 2**63 - 1}]}
    check_commit(commit(Event("created", body), Event("deleted", {})))
    check_commit(commit(Event("restored", {"body": body, "created": {"at": AT, "position": 1}})))
