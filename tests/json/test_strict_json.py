"""Strict JSON: what a body may be, and what is refused with which reason and where."""

import json
import subprocess
import sys

import pytest

from app.http.json import JsonInvalid, JsonValue, parse

REFUSED = {
    "an empty body": (b"", "empty", None),
    "white space alone": (b" \t\r\n", "empty", None),
    "a byte order mark": (b"\xef\xbb\xbf{}", "byte order mark", 0),
    "UTF-16": ('{"a":1}'.encode("utf-16"), "UTF-8", 0),
    "invalid UTF-8": (b'{"n":"\xff"}', "UTF-8", 6),
    "a surrogate in UTF-8": (b'["\xed\xa0\x80"]', "UTF-8", 2),
    "a lone high surrogate": (b'["\\ud800"]', "surrogate", 2),
    "a lone low surrogate": (b'["\\udc00x"]', "surrogate", 2),
    "NaN": (b'{"n":NaN}', "unexpected character", 5),
    "Infinity": (b'{"n":-Infinity}', "no digit", 6),
    "trailing data": (b"{} {}", "after document", 3),
    "a number too big for a double": (b'{"n":1e400}', "infinity", 5),
    "an integer of 5,000 digits": (b"[" + b"9" * 5000 + b"]", "infinity", 1),
    "an integer of 300 digits": (b"[" + b"9" * 300 + b"]", "int64", 1),
    "2^63": (b'{"n":9223372036854775808}', "int64", 5),
    "2^64": (b'{"n":18446744073709551616}', "int64", 5),
    "less than -2^63": (b'{"n":-9223372036854775809}', "int64", 5),
    "a huge integer after a string that holds one": (
        b'["9223372036854775808",18446744073709551616]',
        "int64",
        23,
    ),
    "a key twice": (b'{"a":1,"a":2}', "'a' stands twice", 7),
    "a key twice, once escaped": (b'{"a":1,"\\u0061":2}', "'a' stands twice", 7),
    "a key twice, spaced": (b'{"a" :1,"a"\n:2,"b":"\\":"}', "'a' stands twice", 8),
    "a key twice deep down": (b'{"a":[{"b":{"a":1,"c":"\xc3\xa9:","c":2}}]}', "'c' stands twice", 28),
    "a key twice, the empty one": (b'[{"":1,"":1}]', "'' stands twice", 7),
    "nesting without end": (b"[" * 100_000, "depth", 1025),
    "an offset after wide characters": ('{"é":x}'.encode(), "unexpected", 6),
    "a trailing comma": (b"[1,]", "trailing comma", 2),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_body_is_refused_with_its_reason_and_place(name: str) -> None:
    body, reason, offset = REFUSED[name]
    with pytest.raises(JsonInvalid) as refusal:
        parse(body)
    assert reason in refusal.value.reason
    assert refusal.value.offset == offset


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b' {"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]} ',
        b'{"a":"\\":","b":"b\\\\","c":":"}',
        b'{"n":-9223372036854775808,"m":9223372036854775807}',
        b'{"n":18446744073709551616.0,"m":1e300,"s":"18446744073709551616"}',
        b'{"at":"2026-11-22T10:44:00Z","url":"https://example.org/\\": 1"}',
        b'{"nul":"\\u0000","pair":"\\ud83d\\ude00"}',
    ],
)
def test_a_good_body_is_read_as_the_standard_library_reads_it(body: bytes) -> None:
    assert parse(body) == json.loads(body)


def test_nesting_up_to_1024_is_read() -> None:
    value, depth = parse(b"[" * 1024 + b"]" * 1024), 0
    while value is not None:
        depth += 1
        value = value[0] if isinstance(value, list) and value else None
    assert depth == 1024


def test_whole_numbers_and_fractions_stay_apart() -> None:
    assert [type(number) for number in _items(b"[1, 1.0, 1e2, -0]")] == [int, float, float, int]


def test_a_long_duplicate_key_is_shortened_in_the_message() -> None:
    key = b'"' + b"k" * 100_000 + b'"'
    with pytest.raises(JsonInvalid) as refusal:
        parse(b"{" + key + b":1," + key + b":2}")
    assert len(str(refusal.value)) < 200


def test_what_python_would_take_ages_for_is_quick() -> None:
    """A body full of what sends the fast path to the slow one is linear still: 1 MiB in a child's 5 s."""
    program = (
        "from app.http.json import parse\n"
        "import json\n"
        "parse(json.dumps(['\":' * 150_000, 1e300] + ['\\\\' * 2] * 100_000).encode())\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=5)


def _items(body: bytes) -> list[JsonValue]:
    value = parse(body)
    assert isinstance(value, list)
    return value
