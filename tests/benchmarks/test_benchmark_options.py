"""The command line of the benchmarks."""

import re

import pytest

from benchmarks.options import ROOT, parse
from benchmarks.scenarios import SCENARIOS as ALL

SCENARIOS = ("create", "read")


def test_three_rounds_of_five_seconds_are_the_default() -> None:
    options = parse([], SCENARIOS)

    assert (options.rounds, options.seconds, options.only) == (3, 5.0, ())


def test_a_smoke_run_is_one_round_of_one_second() -> None:
    options = parse(["--smoke"], SCENARIOS)

    assert (options.rounds, options.seconds) == (1, 1.0)


def test_what_is_asked_for_wins_over_the_smoke_run() -> None:
    assert parse(["--smoke", "--rounds", "2"], SCENARIOS).rounds == 2


def test_an_unknown_scenario_is_refused() -> None:
    with pytest.raises(SystemExit, match="2"):
        parse(["--only", "reed"], SCENARIOS)


def test_every_scenario_is_documented_in_the_order_they_run() -> None:
    page = (ROOT / "docs" / "how-to" / "measure-speed.md").read_text()

    assert re.findall(r"^\| `([a-z]+)` \|", page, re.MULTILINE) == list(ALL)
