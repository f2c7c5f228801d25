"""The reading of heads, away from any socket: only what the grammar allows gets through, and whole."""

import re

from hypothesis import given
from hypothesis import strategies as st
from sanic.exceptions import SanicException

from app.http.head import Fields, read_request_line

GRAMMAR = re.compile(rb"(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*)*")
HARMLESS = st.text("abcdefgABCDEFG-_!", min_size=1, max_size=9).map(str.encode)
CHARACTERS = st.lists(
    st.sampled_from([b"\r\n", b"\r", b"\n", b"a", b":", b" ", b"\t", b"\0", b"\x7f", b"\xff", b"K"])
)


def _fields(block: bytes) -> list[tuple[str, str]] | None:
    try:
        return list(Fields.read(block).headers.items())
    except SanicException:
        return None


@given(CHARACTERS.map(b"".join))
def test_a_block_is_read_when_and_only_when_the_grammar_allows_it(block: bytes) -> None:
    assert (_fields(block) is not None) == (GRAMMAR.fullmatch(block) is not None)


@given(st.lists(st.tuples(HARMLESS, st.text("ab :\t,;é\u2028", max_size=9).map(str.encode))))
def test_every_field_is_read_as_it_was_written(written: list[tuple[bytes, bytes]]) -> None:
    block = b"".join(b"\r\n%b:%b" % field for field in written)
    assert _fields(block) == [(name.decode().lower(), value.decode().strip(" \t")) for name, value in written]


@given(st.binary(max_size=40) | CHARACTERS.map(lambda parts: b"GET /" + b"".join(parts) + b" HTTP/1.1"))
def test_a_request_line_is_read_or_refused_and_nothing_else(line: bytes) -> None:
    try:
        method, target, version, authority = read_request_line(line)
    except SanicException:
        return
    assert f"{method} {target} HTTP/{version}".encode() == line or authority
    assert (target.isascii() and target.isprintable() and target[0] == "/") or target == "*"
