"""Which index serves which query, and which index would."""

import pytest

from queries.constraints import constraints_of
from queries.parameters import from_query_string
from queries.planner import choose, index_for
from queries.texts import texts_of
from queries.unserved import why_none
from tests.queries.shelf import index

NUMBERS = ",".join(map(str, range(40)))


def planned(text: str, *indexes: str) -> str | None:
    """The name of the index chosen, with what is special about the way it is travelled."""
    query = from_query_string(text, texts_of(None))
    declared = tuple(index(*fields.split(",")) for fields in indexes)
    chosen = choose(declared, constraints_of(query.where), query.sort)
    if chosen is None:
        return None
    found, way = chosen
    return found.name + " merged" * way.merged + " backwards" * way.backwards


@pytest.mark.parametrize(
    ("text", "indexes", "plan"),
    [
        ("where[a]=1", ["a"], "a"),
        ("where[a]=1", ["b"], None),
        ("where[a]=1", ["b,a"], None),
        ("where[a]=1&where[b]=2", ["b,a"], "b,a"),
        ("where[a]=1&where[b]=2", ["a", "b"], None),
        ("where[a]=1", ["a,b", "a"], "a"),
        ("where[a]=1&sort=b", ["a", "a,b"], "a,b"),
        ("where[a]=1&sort=-b", ["a,b"], "a,b backwards"),
        ("where[a]=1&sort=b,-c", ["a,-b,c"], "a,-b,c backwards"),
        ("where[a]=1&sort=b,c", ["a,-b,c"], None),
        ("where[a]=1&sort=a", ["a,b"], "a,b"),
        ("where[a]=1&sort=-a,b", ["a,b"], "a,b"),
        ("where[a]=1&sort=b,a", ["a,b"], "a,b"),
        ("where[a][gt]=1", ["a"], "a"),
        ("where[a][gt]=1&where[b][gt]=1", ["a,b"], None),
        ("where[a]=1&where[b][gt]=1", ["a,b"], "a,b"),
        ("where[a]=1&where[b][gt]=1", ["b,a"], None),
        ("where[a][gt]=1&sort=-a,-b", ["a,b"], "a,b backwards"),
        ("where[a][gt]=1&sort=b", ["a,b"], None),
        ("where[a][gt]=1&sort=b", ["b,a"], None),
        ("where[a][exists]=true&sort=a", ["a"], "a"),
        ("where[a][exists]=false&sort=b", ["a,b"], "a,b"),
        ("where[a][prefix]=x&where[a][gte]=xy", ["a"], "a"),
        ("where[a][in]=1,2", ["a,b"], "a,b"),
        ("where[a][in]=1,2&sort=b", ["a,b"], "a,b merged"),
        ("where[a][in]=1,2&sort=-b", ["a,b"], "a,b merged backwards"),
        ("where[a][in]=1,2&sort=-a,-b", ["a,b"], "a,b backwards"),
        ("where[a][in]=1&sort=b", ["a,b"], "a,b"),
        ("where[a][in]=1,1.0&sort=b", ["a,b"], "a,b"),
        ("where[a]=1&where[b][in]=1,2&sort=c", ["a,b,c", "c"], "a,b,c merged"),
        ("where[a][in]=1,2&where[b][in]=1,2", ["a,b"], "a,b"),
        ("where[a][in]=1,2&where[b][gt]=1", ["a,b"], "a,b"),
        ("where[a][in]=1,2&where[b][gt]=1&sort=-b", ["a,b"], "a,b merged backwards"),
        ("where[a][in]=1,2&sort=b", ["a,b", "b,a"], "a,b merged"),
        ("where[a][in]=1,2&sort=b,a", ["a,b"], "a,b merged"),
        ("where[a][in]=1,2&sort=-b,a,c", ["a,b,-c"], "a,b,-c merged backwards"),
        ("where[a][in]=1,2&sort=-b,a,c", ["a,b,c"], None),
        ("where[a][in]=1,2&where[b][in]=1,2&sort=c,b,-a", ["a,b,c"], "a,b,c merged"),
        ("where[a][in]=1,2&where[b][in]=1,2&sort=b", ["a,b"], "a,b merged"),
        ("where[a][in]=1,2&where[b][gt]=1&sort=b,-a", ["a,b"], "a,b merged"),
        ("where[a][in]=1,2&sort=b,id,a", ["a,b"], None),
        ("where[a][in]=1,2&sort=-a,b", ["a,b"], "a,b merged"),
        ("sort=a", ["a,b", "a"], "a"),
        ("sort=-a,b", ["a,-b"], "a,-b backwards"),
        ("sort=b", ["a,b"], None),
        ("sort=a,id", ["a"], "a"),
        ("sort=-a,-id", ["a"], "a backwards"),
        ("sort=-a,id", ["a"], None),
        ("where[a]=1&sort=id", ["a,b", "a"], "a"),
    ],
)
def test_the_index_that_serves_filter_and_sort_fully_is_chosen(
    text: str, indexes: list[str], plan: str | None
) -> None:
    assert planned(text, *indexes) == plan


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("where[status]=paid&sort=-placed_at", "status,-placed_at"),
        ("where[b]=1&where[a]=2", "b,a"),
        ("sort=a,-b", "a,-b"),
        ("where[a]=1&sort=a", "a"),
        ("where[a][in]=1,2&where[b]=1&sort=c", "b,a,c"),
        ("where[a][in]=1,2&sort=-a", "-a"),
        ("where[a][in]=1,2&where[b]=1&sort=-c,-a,d", "b,a,-c,d"),
        ("where[a][gt]=1&where[b]=1", "b,a"),
        ("where[a][gt]=1&sort=-a,b", "-a,b"),
        ("where[a][gt]=1&sort=b", None),
        ("where[a][gt]=1&where[b][gt]=1", None),
        ("where[_meta.version]=1", None),
        ("where[_meta.created_at][gt]=2026", "_meta.created_at"),
    ],
)
def test_the_index_to_declare_would_serve(text: str, needed: str | None) -> None:
    query = from_query_string(text, texts_of(None))
    found = index_for(constraints_of(query.where), query.sort)
    assert (found.name if found else None) == needed
    if needed is not None:
        assert planned(text, needed) is not None


@pytest.mark.parametrize(
    ("text", "parameter", "told"),
    [
        ("where[_meta.version]=1&sort=a", "where", "no index can have _meta.version"),
        ("where[a]=1&sort=-_meta.position", "sort", "no index can have _meta.position"),
        ("where[a][gt]=1&where[b][gt]=1", "where", "one field may have a range"),
        ("where[a][gt]=1&sort=b", "where", "the order must begin with that field"),
        ("&".join(f"where[a{n}]=1" for n in range(5)) + "&sort=b,c,d,e", "where", "more than 8 fields"),
        (f"where[a][in]={NUMBERS}&where[b][in]={NUMBERS}", "where", "more than 1,000 combinations"),
    ],
)
def test_where_no_index_can_serve_the_reason_is_told(text: str, parameter: str, told: str) -> None:
    query = from_query_string(text, texts_of(None))
    where = constraints_of(query.where)
    assert index_for(where, query.sort) is None
    mend, reason = why_none(where, query.sort)
    assert mend == parameter
    assert told in reason


def test_too_many_stretches_are_none() -> None:
    assert planned(f"where[a][in]={NUMBERS}", "a,b") == "a,b"
    assert planned(f"where[a][in]={NUMBERS}&where[b][in]={NUMBERS}", "a,b") is None
