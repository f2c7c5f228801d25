"""Bars and rounds: the arithmetic between a measurement and a verdict."""

import pytest

from benchmarks.bars import Bar, Row
from benchmarks.rounds import interleaved, medians, paired, percentile
from benchmarks.scenarios import applying, counts, create, memory, pages, read, workers
from benchmarks.sizes import flat


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


def test_sides_are_compared_round_by_round() -> None:
    slow_minute = {"one": [100.0, 50.0, 100.0], "two": [110.0, 55.0, 80.0]}
    assert paired(slow_minute["two"], slow_minute["one"]) == 1.1


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == value


def test_creating_is_compared_with_the_faster_driver() -> None:
    drivers = {"pymongo": [1000.0, 900], "motor": [1200.0, 1200]}
    product = {"one worker": [3000.0, 3000], "two workers": [3300.0, 3300]}
    against, workers = create.judged({**drivers, **product})

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


def test_an_answer_may_take_thirteen_tenths_of_the_time_at_a_hundred_times_the_rows() -> None:
    row = flat("page", {10_000: 5200, 100_000: 5000, 1_000_000: 4000})

    assert (row.measured, row.holds) == (1.3, True)
    assert row.figures["1,000,000 rows, µs"] == 250


def test_pages_of_the_largest_collection_are_compared_with_reads_of_it() -> None:
    rates = {("read by id", 1000): 10_000.0, ("page", 10): 5000.0, ("page", 1000): 4000.0}
    against, grown = pages.judged("page", pages.AGAINST_READ, rates)

    assert (against.measured, against.holds) == (0.4, True)
    assert (grown.measured, grown.holds) == (1.25, True)


def test_counts_of_the_largest_collection_are_compared_with_mongodb() -> None:
    against, grown = counts.judged({10: 2000, 1000: 1000, counts.MONGODB: 20}, counted=125)

    assert (against.measured, against.holds, against.figures["count_documents, ms"]) == (50, True, 50)
    assert (grown.measured, grown.holds) == (2, False)


def test_two_workers_are_compared_with_one_and_the_busiest_moment_is_told() -> None:
    [row] = workers.judged({1: 10_000, 2: 16_000}, free=[2.0, 1.5, 1.75])

    assert (row.measured, row.holds) == (1.6, True)
    assert (row.figures["free before each, cores"], row.figures["free before one at least, cores"]) == (
        1.75,
        1.5,
    )


def test_applying_with_indexes_and_views_is_compared_with_applying_without() -> None:
    [row] = applying.judged({"without": 20_000, "with 2 indexes and 2 views": 8000})

    assert (row.measured, row.holds) == (0.4, True)
