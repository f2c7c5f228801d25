"""The checks themselves: a true story passes, and no lie is missed by the check that is there for it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from tests.faults import checks
from tests.faults.connection import Answer
from tests.faults.history import History, Read, Write
from tests.faults.truth import Stored, truth_of

NEW_YEAR = datetime(2013, 1, 1, tzinfo=UTC)
Story = tuple[History, list[Stored]]


def commit(place: int, id: str, version: int, type: str, data: Any) -> Stored:
    """A commit as MongoDB has it."""
    at = NEW_YEAR + timedelta(seconds=place)
    head = {"_id": place, "stream": f"orders/{id}", "version": version, "at": at, "actor": "user:ada"}
    return head | {"events": [{"type": type, "data": data}]}


def patched(place: int, id: str, version: int, mark: str) -> Stored:
    """A commit that sets the mark and nothing else."""
    return commit(place, id, version, "patched", {"set": {"mark": mark}, "unset": []})


def answer(status: int, place: int = 0, version: int = 0, body: Any = None) -> Answer:
    """An answer to a write."""
    headers = {"fold-position": str(place), "etag": f'"{version}"'}
    return Answer(status, headers, b"" if body is None else orjson.dumps(body))


def true_story() -> Story:
    """Three acknowledged writes, a refused one, and two of unknown fate, of which one was stored."""
    commits = [
        commit(1, "o1", 1, "created", {"mark": "a", "n": 1}),
        patched(2, "o1", 2, "b"),
        commit(3, "o2", 1, "created", {"mark": "d"}),
        commit(4, "o2", 2, "deleted", {}),
    ]
    first, second = (moment.shown for moment in truth_of(commits, "orders").moments["o1"])
    writes = [
        Write("a", "PUT", "o1", {"mark": "a", "n": 1}, None, answer(201, 1, 1, first)),
        Write("b", "PATCH", "o1", {"mark": "b"}, 1, answer(200, 2, 2, second)),
        Write("c", "PATCH", "o1", {"mark": "c"}, 1, answer(412, body={"version": 2})),
        Write("d", "PUT", "o2", {"mark": "d"}),
        Write("e", "PUT", "o3", {"mark": "e"}, 7),
        Write("f", "DELETE", "o2", None, 1, answer(204, 4, 2)),
    ]
    reads = [Read("r", "o1", 1, (1,), (1,), [first]), Read("r", None, 9, (1, 3), (4,), [second])]
    return History("a seed", "orders", writes, reads), commits


def lose_an_acknowledged_write(story: Story) -> None:
    story[1].pop()


def lose_a_position(story: Story) -> None:
    story[1].append(patched(6, "o1", 3, "d"))


def lose_a_version(story: Story) -> None:
    story[1][1]["version"] = 3


def store_another_kind_of_number(story: Story) -> None:
    story[1][0]["events"][0]["data"]["n"] = 1.0


def store_what_was_refused(story: Story) -> None:
    story[1].append(patched(5, "o1", 3, "c"))


def store_a_deletion_nobody_asked_for(story: Story) -> None:
    story[1].append(commit(5, "o1", 3, "deleted", {}))


def store_one_write_twice(story: Story) -> None:
    story[1].append(patched(5, "o1", 3, "d"))


def store_against_a_condition(story: Story) -> None:
    story[1].append(commit(5, "o3", 1, "created", {"mark": "e"}))


def tell_a_version_that_never_was(story: Story) -> None:
    story[0].writes[2].answer = answer(412, body={"version": 9})


def show_what_is_over(story: Story) -> None:
    story[0].reads[0] = replace(story[0].reads[0], at=(2,))


def leave_a_document_out(story: Story) -> None:
    story[0].reads[1] = replace(story[0].reads[1], found=[])


def go_back(story: Story) -> None:
    story[0].reads[0] = replace(story[0].reads[0], after=(2,))


def break_down(story: Story) -> None:
    story[0].writes[3].answer = Answer(500, {}, b"")


LIES: list[tuple[Callable[[Story], None], checks.Check]] = [
    (lose_an_acknowledged_write, checks.acknowledged_are_kept),
    (lose_a_position, checks.positions_count_on),
    (lose_a_version, checks.versions_count_on),
    (store_another_kind_of_number, checks.acknowledged_are_kept),
    (store_another_kind_of_number, checks.commits_are_of_writes),
    (store_what_was_refused, checks.commits_are_of_writes),
    (store_a_deletion_nobody_asked_for, checks.commits_are_of_writes),
    (store_one_write_twice, checks.commits_are_of_writes),
    (store_against_a_condition, checks.commits_are_of_writes),
    (tell_a_version_that_never_was, checks.refusals_are_true),
    (show_what_is_over, checks.reads_equal_the_fold),
    (leave_a_document_out, checks.reads_equal_the_fold),
    (go_back, checks.reads_go_forward),
    (break_down, checks.only_away_is_answered),
]


def test_a_true_story_passes() -> None:
    history, commits = true_story()
    checks.check(history, truth_of(commits, "orders"))


@pytest.mark.parametrize(("lie", "by"), LIES, ids=lambda each: each.__name__)
def test_a_lie_is_found(lie: Callable[[Story], None], by: checks.Check) -> None:
    story = true_story()
    lie(story)
    history, truth = story[0], truth_of(story[1], "orders")
    assert list(by(history, truth))
    with pytest.raises(AssertionError, match="a seed"):
        checks.check(history, truth)


def test_every_check_has_a_lie_to_find() -> None:
    assert {by for _, by in LIES} == set(checks.CHECKS)
