"""What goes with a write besides what it is about: who asks, under which key, how the answer should be."""

import re
from typing import NamedTuple

from sanic.request import Request

from app.routes.access import Access
from app.routes.idempotency import key_of
from app.routes.preferring import WRITES, Possible, Preferences, preferences
from app.routes.reading import header, parameters
from commands.requests import Key

_TRACE = re.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


class Asked(NamedTuple):
    """Of the first three, see `commands.writing`."""

    actor: str
    key: Key | None
    trace: str | None
    preferred: Preferences

    @property
    def prefers_little(self) -> bool:
        """Whether the answer need not hold the document."""
        return self.preferred.get("return") == "minimal"


def asked(request: Request, access: Access, possible: Possible = WRITES) -> Asked:
    """Who asks, before all else; then the rest.

    possible: what can be preferred.
    Raises: TokenMissing, TokenInvalid, ParameterUnknown, HeaderInvalid.
    """
    actor = access.user(request).actor
    parameters(request, ())
    return Asked(actor, key_of(request, actor), trace_of(request), preferences(request, possible))


def trace_of(request: Request) -> str | None:
    """The traceparent of a request; None where there is none, or none that W3C's grammar knows."""
    given = header(request, "traceparent")
    return given if given is not None and _TRACE.fullmatch(given) else None
