"""Bars and rounds: the arithmetic between a measurement and a verdict."""

import pytest

from benchmarks.bars import Bar, Row
from benchmarks.rounds import interleaved, medians, percentile
from benchmarks.scenarios import create, memory, read


@pytest.mark.parametrize(("figure", "holds"), [(2.49, False), (2.5, True), (2.51, True)])
def test_a_bar_holds_from_its_limit_upwards(figure: float, holds: bool) -> None:
    assert Row("create", Bar(2.5), figure).holds is holds


@pytest.mark.parametrize(("figure", "holds"), [(4.9, True), (5.0, True), (5.1, False)])
def test_a_bar_of_at_most_holds_up_to_its_limit(figure: float, holds: bool) -> None:
    assert Row("p50", Bar(5.0, "ms", at_most=True), figure).holds is holds


async def test_sides_take_turns_in_every_round() -> None:
    turns: list[str] = []

    def side(name: str) -> "object":
        async def measure() -> float:
            turns.append(name)
            return float(len(turns))

        return measure

    figures = await interleaved({name: side(name) for name in "abc"}, rounds=3)  # type: ignore[misc]

    assert "".join(turns) == "abcabcabc"
    assert figures == {"a": [1, 4, 7], "b": [2, 5, 8], "c": [3, 6, 9]}


def test_the_median_round_of_each_side_counts() -> None:
    assert medians({"fast": [10, 1000, 20], "slow": [3, 1, 2]}) == {"fast": 20, "slow": 2}


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == value


def test_creating_is_compared_with_the_faster_driver() -> None:
    against, workers = create.judged({"pymongo": 1000, "motor": 1200, "one worker": 3000, "two workers": 3300})

    assert (against.measured, workers.measured) == (2.5, 1.1)
    assert against.holds
    assert workers.holds


def test_reading_is_compared_with_both_baselines() -> None:
    against_bare, against_get = read.judged({"bare Sanic": 10_000, "one GET": 4_000, "foldbase": 7_000})

    assert (against_bare.measured, against_bare.holds) == (0.7, False)
    assert (against_get.measured, against_get.holds) == (1.75, True)


def test_memory_may_be_sixteen_tenths_of_the_body_and_150_bytes() -> None:
    assert memory.judged(body=400, used=790).holds
    assert not memory.judged(body=400, used=791).holds
