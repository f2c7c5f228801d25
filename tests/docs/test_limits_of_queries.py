"""What the reference says of the limits of queries is what the code does."""

import pytest

from app.settings import Settings
from projections.entries import MOST_ENTRIES
from queries import travel
from queries.conditions import MOST_CHOICES, MOST_CONDITIONS, OPERATORS
from queries.language import MOST_FIELDS, MOST_SORTED, PARAMETERS
from queries.lists import SCAN_BYTES, SCANS_BYTES
from queries.page_script import MOST_COUNTED
from queries.parameters import MOST_PARAMETERS
from queries.planner import MOST_STRETCHES
from queries.query import DEFAULT_LIMIT, MOST_LIMIT
from tests.docs.test_reference import REFERENCE, rows

MIB = 1024 * 1024
LIMITS = {
    "documents of a page": (
        f"{MOST_LIMIT:,}, {DEFAULT_LIMIT} unless said; of larger ones as many as make "
        f"{travel.MOST_BYTES // MIB} MiB, and {travel.AT_ONCE} in any case"
    ),
    "conditions of a query": f"{MOST_CONDITIONS}",
    "values of `in`": f"{MOST_CHOICES}",
    "combinations of values of several `in`": f"{MOST_STRETCHES:,}; beyond that no index serves",
    "paths of `sort`": f"{MOST_SORTED}",
    "paths of `fields`": f"{MOST_FIELDS}",
    "parameters of an address": f"{MOST_PARAMETERS}",
    "documents that a query without an index may look through": (
        f"{Settings().scan_limit:,} (`FOLDBASE_SCAN_LIMIT`), and {SCAN_BYTES // MIB} MiB of them"
    ),
    "documents, and rows of views, that one worker looks through so at one time": (
        f"some {SCANS_BYTES // MIB} MiB, as far as it can tell from the time before; "
        "other queries like that wait, for `FOLDBASE_READ_TIMEOUT` at most"
    ),
    "elements of arrays that are gone through for a `count` over a range of them": f"{MOST_COUNTED:,}",
    "entries of one document in an index": (
        f"{MOST_ENTRIES:,}, the first ones; by its other elements that index does not find it"
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_limit_of_queries_is_documented_as_it_is(name: str) -> None:
    told = {row[0]: row[1] for row in rows("limits.md")}
    assert told[name] == LIMITS[name]


def test_parts_and_operators_of_queries_are_documented() -> None:
    told = [name for row in rows("queries.md") for name in row[0].replace("`", "").split(", ")]
    assert set(told) >= {*PARAMETERS, *OPERATORS}


def test_entries_that_a_page_may_look_at_are_documented() -> None:
    assert f"{travel.MOST_ENTRIES:,} entries" in (REFERENCE / "queries.md").read_text()
