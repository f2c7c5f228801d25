"""Prefer (RFC 7240): what a client would like, as far as it can be had, and what of that was applied."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sanic.request import Request

from app.errors import HeaderInvalid
from app.routes.reading import header

MOST_PATIENCE = 30

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_ONE = re.compile(r'(?:[^,"]|"[^"]*")+')

Possible = Mapping[str, re.Pattern[str]]
"""The values that can be preferred, by the names of preferences."""

_HANDLING = re.compile("strict|lenient")
WRITES: Possible = MappingProxyType({"return": re.compile("minimal|representation"), "handling": _HANDLING})
UNTOLD: Possible = MappingProxyType({"return": re.compile("minimal"), "handling": _HANDLING})
"""Of writes that are never answered with a document."""

READS: Possible = MappingProxyType({"wait": re.compile("[0-9]{1,6}"), "handling": _HANDLING})

Preferences = Mapping[str, str]
"""Values by the names of preferences, those alone that are known, possible and make sense."""

NONE: Preferences = MappingProxyType({})


def preferences(request: Request, possible: Possible) -> Preferences:
    """What the client prefers, of what is possible here; the rest is ignored.

    Raises: HeaderInvalid for the rest where the client prefers `handling=strict`.
    """
    given = header(request, "prefer")
    if given is None:
        return NONE
    found: dict[str, str] = {}
    odd = []
    for name, value in _stated(given):
        if name in possible and possible[name].fullmatch(value):
            found.setdefault(name, value)
        else:
            odd.append(f"{name}={value}" if value else name)
    if odd and found.get("handling") == "strict":
        raise HeaderInvalid("Prefer", f"{', '.join(odd)[:200]} can not be applied here, and handling is strict")
    return found


def patience(preferred: Preferences) -> int | None:
    """How many seconds a read may wait, 30 at most; None where nothing is preferred."""
    return min(int(preferred["wait"]), MOST_PATIENCE) if "wait" in preferred else None


def applied(preferred: Preferences) -> dict[str, str]:
    """The header that says what was applied; none where nothing was preferred."""
    if not preferred:
        return {}
    return {"preference-applied": ", ".join(f"{name}={value}" for name, value in preferred.items())}


def _stated(given: str) -> Iterator[tuple[str, str]]:
    """Names and values, without parameters; an empty value is as none. Takes time as the header is long."""
    for stated in _ONE.findall(given):
        name, _, value = stated.partition(";")[0].partition("=")
        if _NAME.fullmatch(name.strip()):
            yield name.strip().lower(), value.strip().strip('"')
