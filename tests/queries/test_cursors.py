"""A cursor is good for the query it was made for, and for no other; nobody can make one up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.cursor import Cursors
from queries.errors import QueryInvalid

CURSORS = Cursors(b"k" * 32)
queries = st.text(max_size=20)
places = st.binary(max_size=60)


@given(queries, places)
def test_a_cursor_gives_back_its_place_to_every_process_with_the_key(query: str, place: bytes) -> None:
    assert Cursors(b"k" * 32).open(query, CURSORS.seal(query, place)) == place


@given(queries, places, st.data())
def test_a_cursor_with_any_character_changed_is_refused(query: str, place: bytes, data: st.DataObject) -> None:
    cursor = CURSORS.seal(query, place)
    at = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda each: each != cursor[at]))
    _refused(query, cursor[:at] + other + cursor[at + 1 :])


@given(queries, places, st.text(min_size=1, max_size=3))
def test_a_cursor_with_anything_added_is_refused(query: str, place: bytes, more: str) -> None:
    cursor = CURSORS.seal(query, place)
    _refused(query, cursor + more)
    _refused(query, more + cursor)


@given(queries, queries, places)
def test_a_cursor_of_another_query_is_refused(query: str, other: str, place: bytes) -> None:
    if query != other:
        _refused(other, CURSORS.seal(query, place))


@given(queries, places)
def test_a_cursor_of_another_key_is_refused(query: str, place: bytes) -> None:
    _refused(query, Cursors(b"other").seal(query, place))


@given(queries, st.text(max_size=60))
def test_a_cursor_that_is_made_up_is_refused(query: str, made_up: str) -> None:
    _refused(query, made_up)


def _refused(query: str, cursor: str) -> None:
    with pytest.raises(QueryInvalid, match="cursor"):
        CURSORS.open(query, cursor)
