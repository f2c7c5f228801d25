"""Tokens: JWTs (RFC 9068) that say who somebody is and what they may do, signed with the deployment's key."""

import base64
import hashlib
import math
import secrets
from datetime import timedelta
from time import time
from typing import Any, Final, Literal

from jose import jwk, jwt
from jose.exceptions import JOSEError

from app.identity.errors import GrantInvalid, KeyInvalid

ALGORITHM: Final = "HS256"
TYPE: Final = "at+jwt"
ISSUER: Final = "foldbase"
AUDIENCE: Final = "foldbase"
ROLES: Final = ("admin", "user")
LONGEST_SUBJECT: Final = 200

Role = Literal["admin", "user"]


def issue(
    key: bytes, *, sub: str, role: str, ttl: timedelta, scope: str | None = None, now: float | None = None
) -> str:
    """A token for `sub`, good for `ttl` from `now` (seconds since 1970; by default the clock's).

    sub:    1 to 200 printable characters; documents remember it as the actor `user:<sub>`.
    role:   `admin` (everything) or `user` (documents).
    scope:  further rights, separated by spaces.
    Raises: GrantInvalid, KeyInvalid.
    """
    if not is_subject(sub):
        raise GrantInvalid(f"sub must have 1 to {LONGEST_SUBJECT} printable characters")
    if role not in ROLES:
        raise GrantInvalid(f"role must be one of {', '.join(ROLES)}")
    if ttl <= timedelta():
        raise GrantInvalid("ttl must be more than nothing")
    issued = int(time() if now is None else now)
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": sub,
        "role": role,
        "iat": issued,
        "exp": issued + math.ceil(ttl.total_seconds()),
        "jti": secrets.token_urlsafe(16),
    }
    if scope is not None:
        claims["scope"] = scope
    token: str = jwt.encode(claims, prepare(key), ALGORITHM, {"typ": TYPE, "kid": key_id(key)})
    return token


def key_id(key: bytes) -> str:
    """The name of a key in tokens' heads, derived from the key and telling nothing of it."""
    digest = hashlib.sha256(b"foldbase token key\0" + key).digest()
    return base64.urlsafe_b64encode(digest[:12]).decode()


def prepare(key: bytes) -> Any:
    """`key` as an object of python-jose, which binds it to the algorithm. Raises KeyInvalid."""
    try:
        return jwk.construct(key, ALGORITHM)
    except JOSEError:
        raise KeyInvalid("the token key is a public key or a certificate, which is no secret") from None


def is_subject(sub: object) -> bool:
    """Whether `sub` may name somebody."""
    return isinstance(sub, str) and 0 < len(sub) <= LONGEST_SUBJECT and sub.isprintable() and not sub.isspace()
