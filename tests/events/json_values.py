"""JSON as documents may hold it, for property tests, and what it means to be the very same."""

from typing import Any

from hypothesis import strategies as st

from events.values import LEAST_INTEGER, MOST_INTEGER

AWKWARD_NAMES = ["", ".", "a.b", "a..b", "_id", "__proto__", "ключ", "𝔘", "a$", "0", " ", "é", "é"]
AWKWARD_TEXTS = ["", "\0", "a\0b", "$set", "$$ROOT", "\u2028", "👩‍👩‍👧", "\uffff", "\U0010ffff", "1", "null"]
AWKWARD_NUMBERS = [
    *(
        LEAST_INTEGER,
        LEAST_INTEGER + 1,
        MOST_INTEGER,
        MOST_INTEGER - 1,
        -(2**31) - 1,
        -(2**31),
        2**31 - 1,
        2**31,
    ),
    *(2**53, 2**53 + 1, 0, 0.0, -0.0, 1.0, -1.0, 1e15, 1e16, 2.0**63, 5e-324, 1.7976931348623157e308, 0.1),
]

texts = st.sampled_from(AWKWARD_TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = st.sampled_from(AWKWARD_NAMES) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8
).filter(lambda name: not name.startswith("$"))
numbers = (
    st.sampled_from(AWKWARD_NUMBERS)
    | st.integers(LEAST_INTEGER, MOST_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
)
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)
objects: st.SearchStrategy[dict[str, Any]] = st.dictionaries(names, values, max_size=5)


def traits(value: Any) -> Any:
    """Equal only for values that are the very same: kinds of numbers, signs of zero, order of names."""
    if isinstance(value, dict):
        return [(name, traits(inner)) for name, inner in value.items()]
    if isinstance(value, list):
        return [list, *map(traits, value)]
    return type(value), repr(value)
