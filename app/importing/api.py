"""The API of a deployment elsewhere, as far as an import needs it: with the standard library alone.

Certificates are verified by the system's, or by those that SSL_CERT_FILE names; HTTP_PROXY, HTTPS_PROXY and
NO_PROXY hold. Redirections are refused: a token goes to the address it was given for, and nowhere else.
"""

import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException
from socket import gaierror
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from app.importing.errors import RemoteRefused

TIMEOUT = 90.0
"""Seconds that the API may be silent: longer than it waits for a client that takes no answers."""

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class Interrupted(Exception):
    """A request that may succeed when it is sent again.

    was_reached: somebody was there. was_cut: and was gone in the middle of it.
    """

    def __init__(self, reason: str, *, was_cut: bool = False, was_reached: bool = True) -> None:
        super().__init__(reason)
        self.was_cut = was_cut
        self.was_reached = was_reached


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Api:
    """Requests with one token to one address."""

    def __init__(self, url: str, token: str) -> None:
        """url: http or https; a path in front of /v1 may be part of it."""
        self.url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._opener = build_opener(_NoRedirect)

    def get(self, path: str) -> Any:
        """The JSON at `path`. Raises Interrupted, RemoteRefused."""
        with self.ask(path, None, {}) as answer:
            return json.load(answer)

    @contextmanager
    def ask(self, path: str, body: bytes | None, headers: Mapping[str, str]) -> Iterator[IO[bytes]]:
        """GET, or POST where there is a body: what is answered, while it comes. Raises as `get`."""
        asked = Request(f"{self.url}{path}", body, {**self._headers, **headers})  # noqa: S310 - http alone
        try:
            with self._opener.open(asked, timeout=TIMEOUT) as answer:
                yield answer
        except HTTPError as refusal:
            with refusal:
                raise self._refused(refusal) from None
        except (OSError, HTTPException) as error:
            reason = error.reason if isinstance(error, URLError) else error
            if isinstance(reason, ssl.SSLCertVerificationError):
                raise RemoteRefused(
                    self.url, f"its certificate is not valid: {reason.verify_message}"
                ) from None
            was_reached = not isinstance(reason, ConnectionRefusedError | gaierror)
            told = str(reason) or type(reason).__name__
            raise Interrupted(told, was_cut=was_reached, was_reached=was_reached) from None

    def _refused(self, refusal: HTTPError) -> Exception:
        detail = _detail(refusal)
        if refusal.code in PASSING:
            return Interrupted(detail)
        return RemoteRefused(self.url, detail, refusal.code)


def _detail(refusal: HTTPError) -> str:
    """What a problem says; of another answer, its status and where it leads."""
    try:
        return str(json.load(refusal)["detail"])
    except (OSError, HTTPException, ValueError, TypeError, KeyError):
        to = refusal.headers.get("Location")
        return f"it answers {refusal.code} {refusal.reason}" + (f"; the address may be {to}" if to else "")
