"""What a client may send that is not HTTP, or not quite: made by chance, the same for the same seed."""

from collections.abc import Callable
from random import Random

Made = Callable[[Random], bytes]

GOOD = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = GOOD[:-2] + b"Connection: close\r\n\r\n"
PIECES = [
    b"GET", b"POST", b"PUT", b"OPTIONS", b"PRI", b" ", b"  ", b"\t", b"/", b"*", b"//", b"http://",
    b"?", b"#", b"/v1/documents/fuzzed", b"/health/live", b"%00", b"%", b"%ff", b"HTTP/1.1",
    b"HTTP/1.0", b"HTTP/2.0", b":", b"\r\n", b"\r", b"\n", b"\r\n\r\n", b"\0", b"\x7f", b"\x80",
    b"\xff", b"Host: a", b"Host:", b"Cookie: a=b", b"Content-Length: 3",
    b"Transfer-Encoding: chunked", b"Connection: close", b"Expect: 100-continue", b"abc",
    b"Upgrade: h2c", b"Range: bytes=0-", b"Accept-Encoding: *;q=\xc2", b"0\r\n\r\n",
    b"FFFFFFFF\r\n", b";x=y",
]  # fmt: skip
ODD_LENGTHS = [
    b"", b"-1", b"+1", b"0x10", b"1_0", b"1e1", b"1.0", b" ", b"3, 3", b"\xd9\xa3", b"\xc2\xb2",
    b"0" * 40, b"3;", b"9" * 16, b"9" * 300, b"18446744073709551616", b"9223372036854775808",
    b"999999999999999", b"NaN", b"3 3",
]  # fmt: skip
ODD_CODINGS = [
    b"chunked", b"Chunked", b" chunked", b"chunked ", b"\tchunked", b"\x0bchunked", b"xchunked",
    b"chunked, gzip", b"gzip, chunked", b"identity", b"chunked, chunked", b'"chunked"',
    b"chunked;q=1", b"", b",chunked", b"cow",
]  # fmt: skip
ODD_SIZES = [
    b"0x3", b" 3", b"3 ", b"+3", b"-3", b"3;a=b", b"", b"g", b"FFFFFFFFF", b"00000000003", b"3\n",
    b"\xd9\xa3",
]  # fmt: skip


def garbage(random: Random) -> bytes:
    """Bytes of any kind."""
    return random.randbytes(random.randrange(1, 200)) + random.choice([b"", b"\r\n\r\n"])


def words(random: Random) -> bytes:
    """Words of HTTP in any order."""
    return b"".join(random.choices(PIECES, k=random.randrange(1, 30))) + b"\r\n\r\n"


def request_line(random: Random) -> bytes:
    """A request whose first line is odd."""
    line = random.choice([b" ", b"", b"\t"]).join(random.choices(PIECES[:23], k=random.randrange(1, 6)))
    return line + b"\r\nHost: localhost\r\n\r\n"


def fields(random: Random) -> bytes:
    """A request with fields that are folded, cut, doubled, or full of control characters."""
    odd = [
        b"X-A: 1\r\n 2",
        b"\tX-A: 1",
        b"X-A : 1",
        b": 1",
        b"X-A",
        b"X-" + random.randbytes(5) + b": 1",
        b"X-A: " + random.randbytes(8),
        b"If-Match: " + b'"' * random.randrange(200),
        b"X-A: " + b"a" * random.randrange(40_000),
        b"Authorization: Bearer " + random.randbytes(9).hex().encode() * random.randrange(300),
        b"Host: other",
        b"Connection: " + b"close, " * random.randrange(50),
        *(b"Accept-Encoding: " + b"gzip;q=0." + b"1" * n for n in (1, 3, 900)),
    ]
    return GOOD[:-2] + b"\r\n".join(random.choices(odd, k=random.randrange(1, 4))) + b"\r\n\r\n"


def length(random: Random) -> bytes:
    """A request whose length is odd, and some body."""
    head = b"POST /v1/documents/fuzzed HTTP/1.1\r\nHost: localhost\r\nContent-Length: %b\r\n\r\n"
    return head % random.choice(ODD_LENGTHS) + random.randbytes(random.randrange(20))


def chunks(random: Random) -> bytes:
    """A chunked body with a fault in it."""
    good = [b"3\r\nabc\r\n"] * random.randrange(3)
    bad = random.choice(ODD_SIZES) + b"\r\nabc\r\n"
    ends = [
        b"0\r\n\r\n",
        b"0\r\nX: 1\r\n\r\n",
        b"0\r\n",
        b"0\r\nGET / HTTP/1.1\r\n\r\n",
        b"",
        b"3\r\nabcd\r\n0\r\n\r\n",
    ]
    head = b"POST /v1/documents/fuzzed HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join([*good, bad, random.choice(ends)])


def mutated(random: Random) -> bytes:
    """Good requests in a row, some bytes of which were changed, taken out or doubled."""
    text = bytearray(GOOD * random.randrange(1, 4))
    for _ in range(random.randrange(1, 6)):
        at = random.randrange(len(text))
        text[at : at + random.randrange(3)] = random.choice(
            [b"", b"\0", b"\r", b"\n", b" ", random.randbytes(2)]
        )
    return bytes(text)


def half(random: Random) -> bytes:
    """A request that breaks off, maybe behind good ones."""
    head = b"POST /v1/documents/fuzzed HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{}"
    return GOOD * random.randrange(3) + head[: random.randrange(1, len(head) + 1)]


def pipelined(random: Random) -> bytes:
    """Many requests at once, some of which are wrong."""
    others = [
        GOOD,
        GOOD.replace(b"live", b"dead"),
        GOOD.replace(b"GET", b"BREW"),
        GOOD.replace(b"GET", b"OPTIONS"),
    ]
    return b"".join(random.choices(others, k=random.randrange(2, 30)))


def smuggling(random: Random, hidden: bytes) -> bytes:
    """A request that is framed in two ways at once, with `hidden` where one of them ends."""
    body = random.choice([b"0\r\n\r\n", b"3\r\nabc\r\n0\r\n\r\n", b"abc", b""])
    lengths = [b"Content-Length: %d" % random.choice([0, len(body), len(body) + len(hidden)]) for _ in range(2)]
    codings = [b"Transfer-Encoding: " + random.choice(ODD_CODINGS) for _ in range(2)]
    framed = random.choice([[lengths[0], codings[0]], [codings[0], lengths[0]], lengths, codings])
    ambiguous = b"\r\n".join([b"POST /v1/documents/fuzzed HTTP/1.1", b"Host: localhost", *framed])
    return ambiguous + b"\r\n\r\n" + body + hidden


KINDS: list[Made] = [garbage, words, request_line, fields, length, chunks, mutated, half, pipelined]
