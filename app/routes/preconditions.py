"""Preconditions (RFC 9110, 13): If-Match and If-None-Match of writes and reads.

Dates are not looked at: nothing has a Last-Modified that If-Modified-Since could be compared with.
"""

import re

from sanic.request import Request

from app.errors import HeaderInvalid
from app.routes.reading import header
from commands.condition import ANY, IMPOSSIBLE, Condition
from commands.errors import ConditionFailed

_TAGS = re.compile(r'\s*(?:W/)?"[!#-~\x80-\xff]*"\s*(?:,\s*(?:W/)?"[!#-~\x80-\xff]*"\s*)*')
_TAG = re.compile(r'(W/)?("([!#-~\x80-\xff]*?)(?:-gzip|-zstd)?")')
_VERSION = re.compile("[1-9][0-9]{0,15}")
_OF_CREATIONS = (ANY, Condition(exists=False))


def condition(request: Request) -> Condition:
    """The precondition a write carries: If-Match with versions or *, If-None-Match with *."""
    match, none_match = header(request, "if-match"), header(request, "if-none-match")
    return ANY if match is None and none_match is None else conditioned(match, none_match)


def conditioned(match: str | None, none_match: str | None) -> Condition:
    """The condition that the values of If-Match and If-None-Match state. Raises HeaderInvalid."""
    if none_match is not None and none_match.strip() != "*":
        raise HeaderInvalid("If-None-Match", "on a write it can only be *: create, never replace")
    if match is None:
        return Condition(exists=False)
    if match.strip() == "*":
        return Condition(exists=True) if none_match is None else IMPOSSIBLE
    versions = frozenset(int(tag) for tag in strong_tags(match) if _VERSION.fullmatch(tag))
    return Condition(versions, None if none_match is None else False)


def check_version(request: Request, version: int) -> None:
    """Hold a read to its If-Match. Raises ConditionFailed, HeaderInvalid."""
    match = header(request, "if-match")
    if match is not None and match.strip() != "*" and str(version) not in strong_tags(match):
        raise ConditionFailed(version)


def check_page(request: Request) -> None:
    """Hold the read of a page to its If-Match, which can only be *. Raises HeaderInvalid."""
    match = header(request, "if-match")
    if match is not None and match.strip() != "*":
        raise HeaderInvalid("If-Match", "a page has no strong entity tag that could match; use If-None-Match")


def check_creation(request: Request) -> None:
    """Hold the conditions of a creation to what one can demand: If-None-Match: *. Raises HeaderInvalid."""
    if condition(request) not in _OF_CREATIONS:
        raise HeaderInvalid("If-Match", "a document that is made has no version yet; leave it out, or use PUT")


def strong_tags(match: str) -> list[str]:
    """The strong entity tags of an If-Match, whatever coding they were given for. Raises HeaderInvalid."""
    return [tag for weak, _, tag in _tags("If-Match", match) if not weak]


def known_as(request: Request, tag: str) -> str | None:
    """The tag, quotes included, by which the client knows what `tag` stands for; None where it does not.

    Compared weakly (RFC 9110, 8.8.3.2), and whatever the coding. Raises HeaderInvalid.
    """
    known = header(request, "if-none-match")
    if known is None:
        return None
    if known.strip() == "*":
        return tag
    mine = tag.removeprefix("W/")
    for _, whole, inner in _tags("If-None-Match", known):
        if f'"{inner}"' == mine:
            return tag if tag != mine else whole
    return None


def _tags(name: str, tags: str) -> list[tuple[str, str, str]]:
    """`W/` or nothing, the tag in its quotes, and what of it does not name a coding."""
    if not _TAGS.fullmatch(tags):
        raise HeaderInvalid(name, 'is an entity tag as ETag gave it, like "3", or several, or *')
    return _TAG.findall(tags)
