"""Forged, broken and borrowed tokens: each is refused, quickly, with a reason that repeats nothing of it."""

import base64
import hashlib
import hmac
import json
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from app.identity.errors import TokenInvalid
from app.identity.tokens import issue, key_id
from app.identity.verifier import Verifier

KEY = bytes(range(32))
NOW = int(time.time()) // 3600 * 3600  # the hour, so that all workers of a run name the same tests
HEADER = {"alg": "HS256", "kid": key_id(KEY), "typ": "at+jwt"}
CLAIMS = {"iss": "foldbase", "aud": "foldbase", "sub": "ada", "role": "user", "iat": NOW, "exp": NOW + 7200}
PUBLIC = rsa.generate_private_key(65537, 2048).public_key()


def _segment(value: object) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def forge(header: object = HEADER, claims: object = CLAIMS, key: bytes = KEY) -> str:
    """A token with this header and these claims, correctly signed with `key` by HMAC-SHA256."""
    signed = f"{_segment(header)}.{_segment(claims)}"
    return f"{signed}.{_segment(hmac.digest(key, signed.encode(), hashlib.sha256))}"


def _without(claims: dict[str, Any], name: str) -> dict[str, Any]:
    return {kept: value for kept, value in claims.items() if kept != name}


WRONG_CLAIMS: dict[str, list[Any]] = {
    "exp": [NOW - 1, 0, -1, str(NOW + 7200), True, None, [NOW], 2**60, float("nan"), float("inf")],
    "nbf": [NOW + 7200, "soon", None, float("nan"), True],
    "iat": [NOW + 7200, -1, "now", None, 2**70, float("inf"), False],
    "iss": ["other", "", None, ["foldbase"], 1],
    "aud": ["other", "", None, ["other"], [1], {"foldbase": 1}],
    "sub": ["", " ", 1, None, "a\r\nb", "a" * 201, "\ud800", ["ada"]],
    "role": ["root", "Admin", "", None, ["admin"], {"admin": 1}],
    "scope": [["metrics:read"], 1, None],
    "jti": [1, None],
}

FORGED: dict[str, str] = {
    **{f"alg {alg}": forge(HEADER | {"alg": alg}) for alg in ("none", "None", "nOnE", "HS512", "RS256", "")},
    **{
        f"alg {alg} without signature": f"{_segment(HEADER | {'alg': alg})}.{_segment(CLAIMS)}."
        for alg in ("none", "HS256")
    },
    **{f"alg of type {alg!r}": forge(HEADER | {"alg": alg}) for alg in (["HS256"], 256, None, {"a": 1})},
    "no alg": forge(_without(HEADER, "alg")),
    "another key": forge(key=b"x" * 32),
    "an empty key": forge(key=b""),
    "the name of the key as key": forge(key=HEADER["kid"].encode()),
    "a public key as PEM": forge(key=PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)),
    "a public key as DER": forge(key=PUBLIC.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
    "a public key as OpenSSH": forge(key=PUBLIC.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)),
    **{f"a header with {name}": forge(HEADER | {name: "x"}) for name in ("jwk", "jku", "x5u", "x5c")},
    "a critical extension": forge(HEADER | {"crit": ["exp"]}),
    **{
        f"kid {kid!r}": forge(HEADER | {"kid": kid})
        for kid in ("../../dev/null", "' or 1=1 --", "", None, 1, ["a"], {"a": 1}, HEADER["kid"] + " ")
    },
    "no kid": forge(_without(HEADER, "kid")),
    **{f"typ {typ!r}": forge(HEADER | {"typ": typ}) for typ in ("JWT", "rt+jwt", "AT+JWT", None, ["at+jwt"])},
    "no typ": forge(_without(HEADER, "typ")),
    **{f"no {name}": forge(claims=_without(CLAIMS, name)) for name in ("iss", "aud", "sub", "role", "exp")},
    **{
        f"{name} {value!r}": forge(claims=CLAIMS | {name: value})
        for name, values in WRONG_CLAIMS.items()
        for value in values
    },
    "exp 1e400": forge(claims=json.dumps(CLAIMS).replace(str(NOW + 7200), "1e400").encode()),
    "claims that are a list": forge(claims=[CLAIMS]),
    "claims that are no JSON": forge(claims=b"{"),
    "claims that are no UTF-8": forge(claims=b"\xff"),
    "claims nested without end": forge(claims=b"[" * 2000),
    "a header nested without end": forge(header=b"[" * 700),
    "a header of 5,000 brackets": forge(header=b"[" * 5000),
    "a header that is a list": forge(header=[HEADER]),
    "a header that is no UTF-8": forge(header=b"\xff"),
    "a megabyte": "a" * 1_000_000,
    "a megabyte of dots": "." * 1_000_000,
    "nothing": "",
    "two parts": "a.b",
    "four parts": forge() + ".a",
    "empty parts": "..",
    "five parts, as encrypted tokens have": "a.b.c.d.e",
    "a lone surrogate": forge() + "\ud800",
    "digits of another script": forge() + "٣",
    "a line break at the end": forge() + "\n",
    "padding": forge() + "=",
    "junk in the signature": forge()[:-4] + "!" + forge()[-4:],
    "a part of an impossible length": "a" + forge(),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_token_that_proves_nothing_is_refused_quickly(name: str) -> None:
    verifier = Verifier([KEY])
    began = time.perf_counter()
    with pytest.raises(TokenInvalid) as refusal:
        verifier.verify(FORGED[name])
    assert time.perf_counter() - began < 0.1
    assert len(str(refusal.value)) < 80
    assert not verifier._known


def test_the_forger_of_these_tests_makes_good_tokens_from_good_parts() -> None:
    assert Verifier([KEY]).verify(forge()).subject == "ada"
    assert Verifier([KEY]).verify(forge(claims=CLAIMS | {"aud": ["foldbase", "b"], "nbf": NOW})).role == "user"


def test_a_token_has_one_text_only() -> None:
    token, twins = forge(), 0
    verifier = Verifier([KEY])
    for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        if last != token[-1]:
            twins += 1
            with pytest.raises(TokenInvalid):
                verifier.verify(token[:-1] + last)
    assert twins == 63


def test_a_key_that_was_taken_away_proves_nothing_any_more() -> None:
    token = issue(KEY, sub="ada", role="user", ttl=timedelta(hours=1))
    assert Verifier([b"n" * 32, KEY]).verify(token)
    with pytest.raises(TokenInvalid, match="another key"):
        Verifier([b"n" * 32]).verify(token)


@given(st.integers(0, 400), st.binary(min_size=1, max_size=3) | st.just(b""), st.integers(0, 3))
def test_a_token_damaged_anywhere_is_refused(place: int, put: bytes, cut: int) -> None:
    token = forge().encode()
    damaged = (token[:place] + put + token[place + cut :]).decode("latin-1")
    if damaged != forge():
        with pytest.raises(TokenInvalid):
            Verifier([KEY]).verify(damaged)


def test_the_pure_python_cryptography_that_python_jose_brings_is_never_loaded() -> None:
    program = (
        "import sys\n"
        "from datetime import timedelta\n"
        "from app.identity.tokens import issue\n"
        "from app.identity.verifier import Verifier\n"
        "key = bytes(32)\n"
        "Verifier([key]).verify(issue(key, sub='ada', role='user', ttl=timedelta(hours=1)))\n"
        "print({'ecdsa', 'rsa', 'jose.jwe'} & set(sys.modules))\n"
    )
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert run.stdout == "set()\n"
