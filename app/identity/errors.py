"""What can be wrong with keys and tokens; no text here repeats a token or a key.

IdentityError
  TokenMissing    no token came with the request    send Authorization: Bearer …
  TokenInvalid    the token proves nothing          get a new one: foldbase token
  KeyInvalid      the signing key can not be used   check the setting, or the file
  GrantInvalid    no token can say that             change what was asked for
"""

from dataclasses import dataclass

from events.errors import FoldbaseError


class IdentityError(FoldbaseError):
    """Something about keys and tokens."""


class TokenMissing(IdentityError):
    """The request carries no Authorization header."""

    def __str__(self) -> str:
        return "a token is needed: Authorization: Bearer <token>"


@dataclass(eq=False)
class TokenInvalid(IdentityError):
    """The token does not prove who asks. `reason` is safe to show to anyone."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(eq=False)
class KeyInvalid(IdentityError):
    """The signing key can not be used. `reason` says where it came from and what to do."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(eq=False)
class GrantInvalid(IdentityError):
    """A token was asked for that no verifier would take."""

    reason: str

    def __str__(self) -> str:
        return self.reason
