"""Lines are the same however the body that holds them is cut into pieces."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.importing.lines import Line, Lines

LONGEST = 8

bodies = st.lists(st.sampled_from([b"a", b"bc", b" ", b"\r", b"\n", b"\n", b"xxxx"]), max_size=40).map(b"".join)
cuts = st.lists(st.integers(0, 160), max_size=10)


def expected(body: bytes, first: int) -> list[Line]:
    """The lines of a body, straight."""
    numbered = enumerate(body.split(b"\n"), first)
    kept = (Line(number, text.strip() if len(text) <= LONGEST else None) for number, text in numbered)
    return [line for line in kept if line.text != b""]


@given(bodies, cuts, st.integers(1, 10**15))
def test_lines_do_not_depend_on_the_pieces(body: bytes, cuts: list[int], first: int) -> None:
    lines = Lines(first, LONGEST)
    edges = [0, *sorted(cuts), len(body)]
    found = [line for begin, end in pairwise(edges) for line in lines.cut(body[begin:end])]
    assert [*found, *lines.rest()] == expected(body, first)


def test_a_line_that_is_too_long_is_not_kept() -> None:
    lines = Lines(longest=LONGEST)
    for _ in range(10_000):
        assert lines.cut(b"x" * 100) == []
        assert lines.held <= LONGEST
    assert lines.cut(b"\nshort\n") == [Line(1, None), Line(2, b"short")]
