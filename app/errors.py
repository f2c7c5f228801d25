"""What a request can have wrong before it reaches the domain.

RequestError
  HeaderInvalid          a header nobody can read        mend the header
  ParameterUnknown       no such query parameter         use one of those named
  MediaTypeUnsupported   the body is of another type     send one of those named
  ConditionRequired      the collection demands one      send If-Match
  Forbidden              the role does not allow it      use another token
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from events.errors import FoldbaseError


class RequestError(FoldbaseError):
    """Something about the request itself."""


@dataclass(eq=False)
class HeaderInvalid(RequestError):
    """A header that can not be understood."""

    header: str
    reason: str

    def __str__(self) -> str:
        return f"{self.header}: {self.reason}"


@dataclass(eq=False)
class ParameterUnknown(RequestError):
    """A query parameter that does not exist here; `known` are those that do."""

    parameter: str
    known: Sequence[str]

    def __str__(self) -> str:
        near = get_close_matches(self.parameter, self.known, 1, 0.5)
        if near:
            return f"{self.parameter[:80]!r} is no parameter here; did you mean {near[0]!r}?"
        there_are = ", ".join(self.known) or "none"
        return f"{self.parameter[:80]!r} is no parameter here; there are: {there_are}"


@dataclass(eq=False)
class MediaTypeUnsupported(RequestError):
    """A body of a media type that is not taken here; `taken` are those that are."""

    taken: Sequence[str]
    patch: bool = False

    def __str__(self) -> str:
        return f"send the body as {' or '.join(self.taken)}"


class ConditionRequired(RequestError):
    """The collection demands that every change names the version it is based on."""

    def __str__(self) -> str:
        return "this collection demands If-Match with the version the change is based on"


@dataclass(eq=False)
class Forbidden(RequestError):
    """The token's role does not allow this."""

    needs: str

    def __str__(self) -> str:
        return f"this needs the role {self.needs}"
