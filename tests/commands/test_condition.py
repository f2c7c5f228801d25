"""Conditions: what a client may demand of the document it is about to change."""

import pytest

from commands.condition import ANY, Condition
from commands.errors import ConditionFailed
from events.position import Version

HOLDS = [
    (ANY, 0, False), (ANY, 3, True), (ANY, 4, False),
    (Condition(exists=True), 3, True), (Condition(exists=False), 0, False), (Condition(exists=False), 4, False),
    (Condition(versions=frozenset({3})), 3, True), (Condition(versions=frozenset({1, 3})), 3, True),
]  # fmt: skip
FAILS = [
    (Condition(exists=True), 0, False), (Condition(exists=True), 4, False), (Condition(exists=False), 3, True),
    (Condition(versions=frozenset({2})), 3, True), (Condition(versions=frozenset({3})), 3, False),
    (Condition(versions=frozenset({0})), 0, False), (Condition(versions=frozenset()), 3, True),
    (Condition(versions=frozenset({3}), exists=False), 3, True),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "version", "exists"), HOLDS)
def test_it_holds(condition: Condition, version: int, exists: bool) -> None:
    condition.check(Version(version), exists)


@pytest.mark.parametrize(("condition", "version", "exists"), FAILS)
def test_it_fails_and_tells_the_version_of_what_is_there(
    condition: Condition, version: int, exists: bool
) -> None:
    with pytest.raises(ConditionFailed) as refused:
        condition.check(Version(version), exists)
    assert refused.value.version == (version if exists else 0)
