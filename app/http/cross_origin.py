"""Cross-origin requests (CORS, as the Fetch standard has it): pages of which origins may read our answers."""

from collections.abc import Set
from typing import Final

from app.http.finishing import add_to_vary
from app.http.guarded_http import GuardedHttp
from app.http.origins import ANY

EXPOSED: Final = (
    "Accept-Patch",
    "Accept-Query",
    "Allow",
    "Content-Disposition",
    "ETag",
    "Fold-Plan",
    "Fold-Position",
    "Fold-Stale",
    "Link",
    "Location",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Server-Timing",
    "WWW-Authenticate",
    "X-Request-Id",
)
"""The headers of answers that a page may read."""

UNDERSTOOD: Final = frozenset(
    {
        "accept",
        "authorization",
        "content-type",
        "fold-after",
        "idempotency-key",
        "if-match",
        "if-none-match",
        "prefer",
        "traceparent",
        "tracestate",
    }
)
"""The headers that a page may send."""

REMEMBERED: Final = 7200
"""Seconds that a browser may go by the answer to a preflight; no browser takes more than a day."""


class CrossOrigin:
    """Lets pages of certain origins read answers, with a token that they hold themselves.

    Never with what a browser adds by itself (Access-Control-Allow-Credentials): foldbase takes no cookies.
    """

    def __init__(self, origins: Set[str]) -> None:
        """origins: as `read_origins` gives them."""
        self._origins = origins

    def __call__(self, http: GuardedHttp) -> None:
        """Say in the headers of the answer whether the page that asks may read it."""
        origin = http.request.headers.getone("origin", None)
        allowed = "*" if self._origins == ANY else origin
        if self._origins != ANY:
            add_to_vary(http, "origin")
            if origin not in self._origins:
                return
        headers = http.response.headers
        headers["access-control-allow-origin"] = allowed
        if _is_preflight(http):
            _allow(http)
        else:
            headers["access-control-expose-headers"] = ", ".join(EXPOSED)


def _is_preflight(http: GuardedHttp) -> bool:
    return (
        http.request.method == "OPTIONS"
        and "access-control-request-method" in http.request.headers
        and "allow" in http.response.headers
    )


def _allow(http: GuardedHttp) -> None:
    """Answer a preflight: every method of the address, and of the headers asked for those understood."""
    headers = http.response.headers
    headers["access-control-allow-methods"] = headers["allow"]
    headers["access-control-max-age"] = str(REMEMBERED)
    asked = http.request.headers.getone("access-control-request-headers", "")
    names = [name.strip().lower() for name in asked.split(",")]
    if understood := [name for name in names if name in UNDERSTOOD]:
        headers["access-control-allow-headers"] = ", ".join(understood)
