"""Tokens that are good, and how a request carries them."""

from datetime import timedelta
from functools import partial

import pytest
from jose import jwt

from app.identity.errors import GrantInvalid, TokenInvalid, TokenMissing
from app.identity.tokens import issue
from app.identity.verifier import REMEMBERED, Verifier, bearer

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
HOUR = timedelta(hours=1)
NOW = 1_790_000_000.0


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def test_a_token_proves_what_it_was_issued_for() -> None:
    token = issue(KEY, sub="ada", role="user", ttl=HOUR, scope="metrics:read audit:read")
    identity = Verifier([OTHER_KEY, KEY]).verify(token)
    assert (identity.subject, identity.role, identity.actor) == ("ada", "user", "user:ada")
    assert identity.scopes == {"metrics:read", "audit:read"}


def test_a_token_says_everything_that_a_verifier_asks_for() -> None:
    token = issue(KEY, sub="ada", role="admin", ttl=timedelta(seconds=1.5), now=NOW + 0.9)
    claims = jwt.get_unverified_claims(token)
    assert jwt.get_unverified_header(token).keys() == {"alg", "kid", "typ"}
    assert claims.keys() == {"iss", "aud", "sub", "role", "iat", "exp", "jti"}
    assert (claims["iat"], claims["exp"]) == (NOW, NOW + 2)


def test_two_tokens_are_never_the_same() -> None:
    assert len({issue(KEY, sub="ada", role="user", ttl=HOUR, now=NOW) for _ in range(10)}) == 10


@pytest.mark.parametrize("sub", ["", " ", "a\nb", "\0", "\ud800", "a" * 201, "\u202eada"])
def test_nobody_can_be_named_unreadably(sub: str) -> None:
    with pytest.raises(GrantInvalid):
        issue(KEY, sub=sub, role="user", ttl=HOUR)


def test_a_token_needs_a_role_that_exists_and_some_time() -> None:
    with pytest.raises(GrantInvalid):
        issue(KEY, sub="ada", role="root", ttl=HOUR)
    with pytest.raises(GrantInvalid):
        issue(KEY, sub="ada", role="user", ttl=timedelta())


def test_a_token_that_was_verified_is_refused_once_it_has_expired() -> None:
    token = issue(KEY, sub="ada", role="user", ttl=HOUR)
    clock = Clock(0.0)
    verifier = Verifier([KEY], clock=clock)
    expires = jwt.get_unverified_claims(token)["exp"]
    clock.now = expires - 1
    for look in (partial(verifier.verify, token), partial(verifier.identify, f"Bearer {token}")):
        clock.now = expires - 1
        assert look() is look()
        clock.now = expires
        with pytest.raises(TokenInvalid, match="expired"):
            look()


def test_a_bounded_number_of_tokens_is_remembered() -> None:
    verifier = Verifier([KEY])
    first = issue(KEY, sub="ada", role="user", ttl=HOUR)
    identity = verifier.verify(first)
    for number in range(REMEMBERED - 1):
        verifier._remember(str(number), identity)
    assert verifier.verify(first) is identity
    verifier._remember("one more", identity)
    assert verifier.verify(first) is not identity
    assert len(verifier._known) == REMEMBERED


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "BEARER   abc "])
def test_a_bearer_token_is_found_in_its_header(header: str) -> None:
    assert bearer(header) == "abc"


@pytest.mark.parametrize("header", [None, ""])
def test_a_request_without_a_token_is_told_that_it_needs_one(header: str | None) -> None:
    with pytest.raises(TokenMissing, match="Authorization: Bearer"):
        bearer(header)


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic YTpi", "abc", "Bearerabc", "Bearer\tabc"])
def test_a_header_of_another_form_is_refused(header: str) -> None:
    with pytest.raises(TokenInvalid):
        Verifier([KEY]).identify(header)
