"""Access: who asks, and whether they may."""

from sanic.request import Request

from app.errors import Forbidden
from app.identity.verifier import Identity, Verifier, bearer


class Access:
    """Turns a request's bearer token into an identity with the role a route needs."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier

    def user(self, request: Request) -> Identity:
        """Any valid token will do. Raises TokenMissing, TokenInvalid."""
        return self._verifier.verify(bearer(request.headers.getone("authorization", None)))

    def admin(self, request: Request) -> Identity:
        """Only an administrator's. Raises TokenMissing, TokenInvalid, Forbidden."""
        identity = self.user(request)
        if identity.role != "admin":
            raise Forbidden("admin")
        return identity
