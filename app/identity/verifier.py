"""The verifier: takes a token for nothing but what it proves, and remembers what it proved."""

import base64
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import time
from typing import Any, Final

import orjson
from jose import jwt
from jose.exceptions import ExpiredSignatureError, JOSEError, JWTClaimsError

from app.identity.errors import TokenInvalid, TokenMissing
from app.identity.tokens import ALGORITHM, AUDIENCE, ISSUER, ROLES, TYPE, Role, is_subject, key_id, prepare

LONGEST_TOKEN: Final = 4096
REMEMBERED: Final = 10_000
LEEWAY: Final = 60.0
"""Seconds by which the clock of who issued a token may be ahead of ours."""

_LONGEST_HEADER: Final = 1024
_TOKEN: Final = re.compile(r"([A-Za-z0-9_-]++)\.[A-Za-z0-9_-]++\.([A-Za-z0-9_-]++)")
_NEVER_TAKEN: Final = ("crit", "jku", "jwk", "x5u", "x5c")
_LATEST: Final = 2.0**53
_REQUIRED: Final = {
    "require_exp": True,
    "require_iss": True,
    "require_aud": True,
    "require_sub": True,
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks. actor: `user:<subject>`, as commits remember it. expires: seconds since 1970."""

    subject: str
    role: Role
    scopes: frozenset[str]
    actor: str
    expires: float


def bearer(authorization: str | None) -> str:
    """The token in the value of an Authorization header. Raises TokenMissing, TokenInvalid."""
    if not authorization:
        raise TokenMissing
    scheme, _, token = authorization.partition(" ")
    token = token.strip(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenInvalid("the Authorization header is not: Bearer <token>")
    return token


class Verifier:
    """Verifies the tokens signed with any of `keys`, each under the one algorithm of that key.

    A token that was verified is remembered, by its exact text, until it expires or `REMEMBERED` others
    came after it.
    """

    def __init__(self, keys: Iterable[bytes], *, clock: Callable[[], float] = time) -> None:
        self._keys = {key_id(key): prepare(key) for key in keys}
        self._known: dict[str, Identity] = {}
        self._clock = clock

    def verify(self, token: str) -> Identity:
        """Who `token` proves to ask. Raises TokenInvalid."""
        identity = self._known.get(token)
        if identity is not None and identity.expires > self._clock():
            return identity
        return self._remember(token, self._prove(token))

    def identify(self, authorization: str | None) -> Identity:
        """`verify(bearer(authorization))`, remembered by the header's value: the least a request can cost.

        Raises: TokenMissing, TokenInvalid.
        """
        header = authorization or ""
        identity = self._known.get(header)
        if identity is not None and identity.expires > self._clock():
            return identity
        return self._remember(header, self._prove(bearer(header)))

    def _remember(self, text: str, identity: Identity) -> Identity:
        self._known.pop(text, None)
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[text] = identity
        return identity

    def _prove(self, token: str) -> Identity:
        try:
            claims = jwt.decode(
                token,
                self._key_for(token),
                algorithms=[ALGORITHM],
                options=_REQUIRED,
                audience=AUDIENCE,
                issuer=ISSUER,
            )
            return self._identity(claims)
        except TokenInvalid:
            raise
        except ExpiredSignatureError:
            raise TokenInvalid("the token has expired") from None
        except JWTClaimsError:
            raise TokenInvalid("the token is not for this server, or not yet valid") from None
        except JOSEError:
            raise TokenInvalid("the token's signature or claims do not hold") from None
        except Exception:  # noqa: BLE001 - python-jose lets out RecursionError, TypeError, OverflowError, …
            raise TokenInvalid("the token is malformed") from None

    def _key_for(self, token: str) -> Any:
        """The key that `token` claims to be signed with, its form and header being in order."""
        parts = _TOKEN.fullmatch(token) if len(token) <= LONGEST_TOKEN else None
        if parts is None or len(parts[1]) > _LONGEST_HEADER or not _is_canonical(parts[2]):
            raise TokenInvalid("the token is malformed")
        header = orjson.loads(_decoded(parts[1]))
        if not isinstance(header, dict) or any(name in header for name in _NEVER_TAKEN):
            raise TokenInvalid("the token's header is not taken here")
        kid = header.get("kid")
        key = self._keys.get(kid) if isinstance(kid, str) else None
        if key is None:
            raise TokenInvalid("the token is signed with another key")
        if header.get("alg") != ALGORITHM or header.get("typ") != TYPE:
            raise TokenInvalid("the token is of another kind")
        return key

    def _identity(self, claims: dict[str, Any]) -> Identity:
        now = self._clock()
        expires = _seconds(claims, "exp")
        if expires <= now:
            raise TokenInvalid("the token has expired")
        for name in ("iat", "nbf"):
            if name in claims and _seconds(claims, name) > now + LEEWAY:
                raise TokenInvalid("the token is not yet valid")
        subject, role, scope = claims["sub"], claims.get("role"), claims.get("scope", "")
        if not is_subject(subject) or role not in ROLES or not isinstance(scope, str):
            raise TokenInvalid("the token's sub, role or scope is not taken here")
        return Identity(subject, role, frozenset(scope.split()), f"user:{subject}", expires)


def _seconds(claims: dict[str, Any], name: str) -> float:
    value = claims[name]
    if type(value) not in (int, float) or not math.isfinite(value) or not 0 <= value <= _LATEST:
        raise TokenInvalid(f"the token's {name} is not a time")
    return float(value)


def _is_canonical(segment: str) -> bool:
    """Whether `segment` is the one way to write its bytes, so that a token has one text."""
    return base64.urlsafe_b64encode(_decoded(segment)).decode().rstrip("=") == segment


def _decoded(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
