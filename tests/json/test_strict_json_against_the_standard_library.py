"""Strict JSON judges every text as a plain rule, written with the standard library, judges it."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.http.json import JsonInvalid, parse

NAMES = st.sampled_from(["a", "b", "é", "", '":', "\\", "a:"]) | st.text(max_size=3)
NUMBERS = st.integers(-(2**66), 2**66) | st.floats() | st.sampled_from([2**63, 2**64, -(2**63) - 1, 1e19])
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(max_size=8) | st.sampled_from(['":', '": 1', "\\"])


def _written(value: Any, draw: Any) -> str:
    space = draw(st.sampled_from(["", "", "", " ", "\n\t"]))
    if isinstance(value, list):
        return f"[{space}" + f"{space},".join(_written(item, draw) for item in value) + "]"
    if isinstance(value, tuple):
        fields = (f"{_name(key, draw)}{space}:{space}{_written(item, draw)}" for key, item in value)
        return "{" + f",{space}".join(fields) + "}"
    return json.dumps(value, ensure_ascii=draw(st.booleans()))


def _name(name: str, draw: Any) -> str:
    if draw(st.booleans()) or not name:
        return json.dumps(name, ensure_ascii=False)
    return json.dumps(name)[:-1].replace("a", "\\u0061") + '"'


@st.composite
def texts(draw: Any) -> bytes:
    """JSON texts with every trap: repeated and escaped names, wide numbers, white space, `":` in strings."""
    value = draw(
        st.recursive(
            LEAVES,
            lambda inner: (
                st.lists(inner, max_size=4) | st.lists(st.tuples(NAMES, inner), max_size=4).map(tuple)
            ),
            max_leaves=12,
        )
    )
    return _written(value, draw).encode("utf-8", "surrogatepass")


def _reference(body: bytes) -> object:
    """The rule, written with the standard library; raises ValueError for what is to be refused."""

    def integer(text: str) -> int:
        if not -(2**63) <= int(text) < 2**63:
            raise ValueError(text)
        return int(text)

    def fraction(text: str) -> float:
        if float(text) in (float("inf"), float("-inf")):
            raise ValueError(text)
        return float(text)

    def constant(text: str) -> object:
        raise ValueError(text)

    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError(pairs)
        return dict(pairs)

    value: object = json.loads(
        body.decode(),
        parse_int=integer,
        parse_float=fraction,
        parse_constant=constant,
        object_pairs_hook=members,
    )
    json.dumps(value, ensure_ascii=False).encode()
    return value


def _outcome(read: Any, body: bytes) -> object:
    try:
        return repr(read(body))
    except (JsonInvalid, ValueError):
        return "refused"


@given(texts())
def test_any_json_text_is_judged_as_the_standard_library_judges_it(body: bytes) -> None:
    assert _outcome(parse, body) == _outcome(_reference, body)


@given(texts(), st.data())
def test_any_damaged_text_is_judged_as_the_standard_library_judges_it(body: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(body)))
    cut = data.draw(st.integers(0, 3))
    put = data.draw(st.binary(max_size=2) | st.sampled_from([b'"', b"\\", b"{", b":"]))
    damaged = body[:at] + put + body[at + cut :]
    assert _outcome(parse, damaged) == _outcome(_reference, damaged)
