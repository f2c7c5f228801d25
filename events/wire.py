"""The wire between processes that share an appender: frames of append records, and of answers.

    frame    length of the rest (4 bytes) · records
    append   number (8) · partition (2) · nonce (8) · length of claims (4) · length of commit (4) · both
    answer   number (8) · kind (1) · position (8) · length of text (2) · text
Numbers are big-endian. Both ends are of one installation and one machine: the form may change at any time.
"""

import asyncio
from collections.abc import Iterable, Iterator
from struct import Struct
from typing import NamedTuple

import orjson

from events.errors import ClaimTaken, LogError, LogUnavailable, RequestRepeated, VersionConflict

_LENGTH = Struct(">I")
_APPEND = Struct(">QH8sII")
_ANSWER = Struct(">QBQH")
MOST_FRAME = 64 * 2**20

STORED, CONFLICT, REPEATED, CLAIMED, UNKNOWN, UNAVAILABLE = range(6)


class Handed(NamedTuple):
    """An append as it is handed over. `claims`: stream, taken and released; None where there are none."""

    number: int
    partition: int
    nonce: bytes
    stored: bytes
    claims: tuple[str, tuple[str, ...], tuple[str, ...]] | None


class Answer(NamedTuple):
    """What became of a handed append. `text` is a claim, or a reason."""

    number: int
    kind: int
    position: int = 0
    text: str = ""


def write_appends(appends: Iterable[Handed]) -> bytes:
    """One frame of appends."""
    parts = [b""]
    for append in appends:
        claims = b"" if append.claims is None else orjson.dumps(append.claims)
        head = (append.number, append.partition, append.nonce, len(claims), len(append.stored))
        parts += (_APPEND.pack(*head), claims, append.stored)
    return _framed(parts)


def read_appends(frame: bytes) -> Iterator[Handed]:
    """The appends of a frame."""
    at = 0
    while at < len(frame):
        number, partition, nonce, claims_size, size = _APPEND.unpack_from(frame, at)
        at += _APPEND.size
        claims = None
        if claims_size:
            stream, taken, released = orjson.loads(frame[at : at + claims_size])
            claims = (stream, tuple(taken), tuple(released))
            at += claims_size
        yield Handed(number, partition, nonce, frame[at : at + size], claims)
        at += size


def write_answers(answers: Iterable[Answer]) -> bytes:
    """One frame of answers."""
    parts = [b""]
    for number, kind, position, text in answers:
        written = text.encode()[:0xFFFF]
        parts += (_ANSWER.pack(number, kind, position, len(written)), written)
    return _framed(parts)


def read_answers(frame: bytes) -> Iterator[Answer]:
    """The answers of a frame."""
    at = 0
    while at < len(frame):
        number, kind, position, size = _ANSWER.unpack_from(frame, at)
        at += _ANSWER.size
        yield Answer(number, kind, position, frame[at : at + size].decode(errors="replace"))
        at += size


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    """The next frame. Raises IncompleteReadError at the end, OSError when the connection broke."""
    (size,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    if size > MOST_FRAME:
        raise ConnectionError("a frame is too long")
    return await reader.readexactly(size)


def unbuffered(writer: asyncio.StreamWriter) -> None:
    """Have what is written go out as it is written, and not at the end of the loop's turn.

    uvloop keeps what is below the limit until then, and other requests of that turn would delay the answer.
    """
    writer.transport.set_write_buffer_limits(high=0)


def answer_of(number: int, error: BaseException) -> Answer:
    """How an error travels."""
    match error:
        case VersionConflict():
            return Answer(number, CONFLICT)
        case RequestRepeated():
            return Answer(number, REPEATED)
        case ClaimTaken(claim=claim):
            return Answer(number, CLAIMED, 0, claim)
        case LogUnavailable(reason=reason, unknown=False):
            return Answer(number, UNAVAILABLE, 0, reason)
    return Answer(number, UNKNOWN, 0, str(error))


def error_of(answer: Answer, stream: str, expected: int, request: bytes | None) -> LogError:
    """The error an answer stands for, told of the append it belongs to."""
    if answer.kind == CONFLICT:
        return VersionConflict(stream, expected)
    if answer.kind == REPEATED and request is not None:
        return RequestRepeated(request)
    if answer.kind == CLAIMED:
        return ClaimTaken(answer.text)
    return LogUnavailable(answer.text, unknown=answer.kind == UNKNOWN)


def _framed(parts: list[bytes]) -> bytes:
    parts[0] = _LENGTH.pack(sum(map(len, parts)))
    return b"".join(parts)


GREETING = write_answers(())
"""What a host says first: a frozen one accepts connections, and says nothing."""
