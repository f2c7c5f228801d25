"""What `foldbase status` makes of what an API told."""

from typing import Any

from app.asking import Answer
from app.cli.health import Health

REBUILD = {"state": "running", "done": 1200, "total": 1500}


def row(rebuild: dict[str, Any]) -> str:
    """What is said of a collection with such a rebuild."""
    projection = {"collection": "towns", "generation": 3, "parked": 0, "rebuild": rebuild}
    report = {"projections": [projection], "partitions": [], "projectors": []}
    health = Health("http://here", Answer(200, {"status": "ready"}), Answer(200, report))
    return {which: how for what, which, how in health.rows() if what == "projection"}["towns"]


def test_a_rebuild_that_does_not_catch_up_says_why_in_the_row_of_its_collection() -> None:
    told = row({**REBUILD, "trouble": "the log grows as fast as this is filled"})
    assert told == (
        "generation 3, rebuild running (1,200 of 1,500 commits; the log grows as fast as this is filled)"
    )


def test_a_rebuild_that_failed_says_why_in_the_row_of_its_collection() -> None:
    told = row({"state": "failed", "done": 0, "total": 0, "error": "3 documents differ"})
    assert told == "generation 3, rebuild failed (0 of 0 commits; 3 documents differ)"


def test_a_rebuild_without_trouble_says_how_far_it_is() -> None:
    assert row(REBUILD) == "generation 3, rebuild running (1,200 of 1,500 commits)"
