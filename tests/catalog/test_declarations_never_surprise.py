"""Properties: whatever is declared is either a declaration or told what is wrong with it."""

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from catalog.declaration import Declaration
from catalog.errors import DeclarationInvalid
from catalog.parsing import parse
from catalog.pointers import resolved

paths = st.sampled_from(["a", "b.c", "-a", "$x", "", "id", "_meta.created_at", "_meta.x", "a..b", "é", "a,b"])
KEYS = ["schema", "unique", "indexes", "views", "require_if_match", "group_by", "measures", "where", "field"]
OPERATORS = ["eq", "in", "lt", "prefix", "exists", "bucket", "time_zone", "as", "count", "sum", "day", "UTC"]
KEYWORDS = ["type", "properties", "$ref", "$defs", "pattern", "items", "anyOf", "$schema", "#", "#/$defs/a"]
words = st.sampled_from([*KEYS, *OPERATORS, *KEYWORDS])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | paths | words
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(words | paths | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=25,
)
groups = paths | st.fixed_dictionaries(
    {"field": paths},
    optional={
        "bucket": st.sampled_from(["day", "minute"]),
        "time_zone": st.sampled_from(["UTC", "Europe/Rome", "x"]),
        "as": st.sampled_from(["day", "n", "a-b"]),
    },
)
measures = st.just("count") | st.dictionaries(st.sampled_from(["sum", "avg", "median"]), paths, max_size=2)
views = st.fixed_dictionaries(
    {"measures": st.dictionaries(st.sampled_from(["n", "m", "a"]), measures, max_size=2)},
    optional={
        "group_by": st.lists(groups, max_size=3),
        "where": st.dictionaries(paths, scalars | st.dictionaries(words, anything, max_size=2), max_size=2),
    },
)
nearly = st.fixed_dictionaries(
    {},
    optional={
        "schema": anything,
        "unique": st.lists(st.lists(paths, max_size=3), max_size=3),
        "indexes": st.lists(st.lists(paths, max_size=3), max_size=3),
        "views": st.dictionaries(st.sampled_from(["v", "w", "V"]), views, max_size=2),
        "require_if_match": st.booleans(),
    },
)


def outcome(body: Any) -> Declaration | DeclarationInvalid:
    try:
        return parse(body)
    except DeclarationInvalid as refused:
        return refused


@given(anything | nearly)
def test_any_json_is_a_declaration_or_told_why_not_with_pointers_that_lead_somewhere(body: Any) -> None:
    match outcome(body):
        case DeclarationInvalid(problems):
            assert 1 <= len(problems) <= 100
            for pointer, message in problems:
                resolved(body, f"#{pointer.replace('%', '%25')}")
                assert message
        case declared:
            assert isinstance(declared, Declaration)


@given(nearly)
def test_a_declaration_is_read_back_from_what_it_writes(body: Any) -> None:
    match outcome(body):
        case Declaration() as declared:
            again = parse(orjson.loads(declared.text()))
            assert again.is_same(declared)
            assert again.text() == declared.text()
        case refused:
            assert str(refused)
