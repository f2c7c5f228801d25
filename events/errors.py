"""The tree of errors; every one carries fields and says what to do.

FoldbaseError
  InvalidValue         a value no document may hold            change the value
  LogError
    VersionConflict    somebody wrote first                    read again, decide again
    RequestRepeated    this request key already had its effect answer from that commit
    ClaimTaken         a unique value belongs to another       choose another value
    TogetherRefused    one commit of several is refused        its `error` is one of those above
    LogUnavailable     MongoDB did not answer in time          retry with the same request key
    LogMismatch        the log is not the one asked for        check the settings
"""

from dataclasses import dataclass


class FoldbaseError(Exception):
    """The root of every error foldbase raises on purpose."""


@dataclass(eq=False)
class InvalidValue(FoldbaseError):
    """A value that no document may hold. `pointer` is the JSON pointer of the offending place."""

    pointer: str
    reason: str

    def __str__(self) -> str:
        return f"{self.pointer or 'the document'}: {self.reason}"


class LogError(FoldbaseError):
    """Something about the event log."""


@dataclass(eq=False)
class VersionConflict(LogError):
    """Another append reached the stream first; nothing was written. Read and decide again."""

    stream: str
    expected: int

    def __str__(self) -> str:
        return f"{self.stream} is no longer at version {self.expected}"


@dataclass(eq=False)
class RequestRepeated(LogError):
    """The request key already stands in the log: nothing was written now. Answer from that commit."""

    request: bytes

    def __str__(self) -> str:
        return "this request key already had its effect"


@dataclass(eq=False)
class ClaimTaken(LogError):
    """A unique value is held by another document; nothing was written. `claim` is its key in the log."""

    claim: str

    def __str__(self) -> str:
        return f"{self.claim} is taken"


@dataclass(eq=False)
class TogetherRefused(LogError):
    """Of commits that were to be appended together the one at `index` (from 0) is refused; none was written.

    error: why: VersionConflict, RequestRepeated, ClaimTaken or InvalidValue.
    """

    index: int
    error: FoldbaseError

    def __str__(self) -> str:
        return f"commit {self.index}: {self.error}"


@dataclass(eq=False)
class LogUnavailable(LogError):
    """MongoDB did not answer in time. `unknown` is true when the write may have happened."""

    reason: str
    unknown: bool = False

    def __str__(self) -> str:
        return f"the log is not available: {self.reason}"


@dataclass(eq=False)
class LogMismatch(LogError):
    """The log in the database is not the one that was asked for; nothing was read or written."""

    reason: str

    def __str__(self) -> str:
        return self.reason
