"""What a request can have wrong before it reaches the domain.

RequestError
  RouteMissing           nothing is at this address      use one of those in /docs
  MethodRefused          not with this method            use one of those named
  HeaderInvalid          a header nobody can read        mend the header
  ParameterUnknown       no such query parameter         use one of those named
  MediaTypeUnsupported   the body is of another type     send one of those named
  CodingUnsupported      the body is compressed          send it as it is
  ConditionRequired      the collection demands one      send If-Match
  BatchInvalid           no batch can be like that       mend the places that are named
  PageKnown              the client has the page         ask with GET or QUERY for a 304
  DeclarationChanged     somebody declared it first      read it again, then decide
  TooManyCommands        a batch of more than 1,000     send it in parts
  QuotaExceeded          the caller asks too often      ask again when it is said
  Forbidden              the role does not allow it      use another token
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from events.errors import FoldbaseError

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "QUERY")
ROOTS = ("documents", "collections", "export", "projections")


class RequestError(FoldbaseError):
    """Something about the request itself."""


@dataclass(eq=False)
class RouteMissing(RequestError):
    """Nothing is served at this address."""

    path: str

    def __str__(self) -> str:
        meant = _nearest_route(self.path)
        hint = "/docs describes every address" if meant is None else f"did you mean {meant}?"
        return f"there is nothing at {self.path[:200]}; {hint}"


@dataclass(eq=False)
class MethodRefused(RequestError):
    """The address is served, but not for this method; `allowed` are those it is served for."""

    method: str
    allowed: Sequence[str]

    def __str__(self) -> str:
        others = [name for name in self.allowed if name != "OPTIONS"]
        near = [] if self.method in METHODS else get_close_matches(self.method.upper(), others, 1, 0.6)
        hint = f"did you mean {near[0]}?" if near else f"use {' or '.join(others)}"
        return f"{self.method[:40]} is not possible here; {hint}"


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
    """A body of a media type that is not taken here; `taken` are those that are, `given` what was sent."""

    taken: Sequence[str]
    patch: bool = False
    given: str = ""

    def __str__(self) -> str:
        near = get_close_matches(self.given, self.taken, 1, 0.8)
        if near:
            return f"{self.given[:80]!r} is not taken here; did you mean {near[0]}?"
        return f"send the body as {' or '.join(self.taken)}"


@dataclass(eq=False)
class CodingUnsupported(RequestError):
    """A body with a Content-Encoding; `taken` are the media types that are taken here, as they are."""

    taken: Sequence[str]
    patch: bool = False

    def __str__(self) -> str:
        return "send the body without Content-Encoding"


class ConditionRequired(RequestError):
    """The collection demands that every change names the version it is based on."""

    def __str__(self) -> str:
        return (
            "this collection demands If-Match with the ETag the change is based on, "
            "or If-None-Match: * to make what is not there"
        )


@dataclass(eq=False)
class BatchInvalid(RequestError):
    """The body can be no batch. `faults` are (JSON pointer, message): 1 to 100, the first ones of more."""

    faults: Sequence[tuple[str, str]]

    def __str__(self) -> str:
        pointer, message = self.faults[0]
        more = len(self.faults) - 1
        text = f"{pointer or 'the body'} {message}"
        return f"{text}; and {more} more, as `errors` has them" if more else text


class PageKnown(RequestError):
    """A page was asked for unless it is as the client knows it, with a method that knows no 304."""

    def __str__(self) -> str:
        return "the page is as you know it; GET or QUERY is answered 304 then, POST can not be"


@dataclass(eq=False)
class DeclarationChanged(RequestError):
    """The precondition on a collection does not hold. `revision` is its own, 0 where none is declared."""

    name: str
    revision: int

    def __str__(self) -> str:
        if self.revision == 0:
            return f"the precondition failed: no collection {self.name} is declared"
        return f"the precondition failed: {self.name} is at revision {self.revision}; read it again"


@dataclass(eq=False)
class TooManyCommands(RequestError):
    """A batch has more commands than are taken at once."""

    found: int
    most: int

    def __str__(self) -> str:
        return f"there are {self.found:,} commands; a batch has at most {self.most:,}: send it in parts"


@dataclass(eq=False)
class QuotaExceeded(RequestError):
    """The caller made all requests that it may make; it may make another in `again` seconds."""

    requests: int
    seconds: int
    again: int

    def __str__(self) -> str:
        return (
            f"this is more than {self.requests:,} requests in {self.seconds:,} s; "
            f"wait {self.again} s, and mind RateLimit in the answers"
        )


@dataclass(eq=False)
class Forbidden(RequestError):
    """The token's role does not allow this."""

    needs: str

    def __str__(self) -> str:
        return f"this needs the role {self.needs}; use a token that has it"


def _nearest_route(path: str) -> str | None:
    """The address that was probably meant, where the version or the first word of one is nearly right."""
    _, *parts = path.split("/")
    if parts[0] == "v1":
        del parts[0]
    near = get_close_matches(parts[0], ROOTS, 1, 0.6) if parts else []
    meant = "/".join(["/v1", *near, *parts[1:]])[:200]
    return meant if near and meant != path else None
