"""Reading requests: what routes need of headers, parameters, addresses and bodies, and nothing twice."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from sanic.request import Request

from app.errors import HeaderInvalid, MediaTypeUnsupported, ParameterUnknown
from app.http.json import JsonValue, parse
from commands.condition import ANY, IMPOSSIBLE, Condition
from commands.errors import BodyInvalid
from commands.ids import checked_id
from events.commit import JsonObject
from queries.errors import QueryInvalid

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
PATCH_TYPES = (MERGE_PATCH, JSON_PATCH, JSON)

_TAGS = re.compile(r'\s*(?:W/)?"[!#-~\x80-\xff]*"\s*(?:,\s*(?:W/)?"[!#-~\x80-\xff]*"\s*)*')
_TAG = re.compile(r'(W/)?"([!#-~\x80-\xff]*)"')
_VERSION = re.compile("[1-9][0-9]{0,15}")


def header(request: Request, name: str) -> str | None:
    """A header's value, its lines joined as RFC 9110 section 5.3 has it; None where there is none."""
    lines = request.headers.getall(name, None)
    return None if lines is None else ", ".join(lines)


def collection_name(text: str) -> str:
    """The name of a collection in an address."""
    return unquote(text) if "%" in text else text


def document_id(text: str) -> str:
    """The id in an address. Raises BodyInvalid where it breaks the grammar of ids."""
    return checked_id(unquote(text) if "%" in text else text)


def media_type(request: Request, taken: Sequence[str], *, patch: bool = False) -> str:
    """The media type of the body, without parameters. Raises MediaTypeUnsupported."""
    name = request.headers.getone("content-type", "")
    if name in taken:
        return str(name)
    name = name.partition(";")[0].strip().lower()
    if name not in taken:
        raise MediaTypeUnsupported(taken, patch)
    return str(name)


def json_body(request: Request, taken: Sequence[str] = (JSON,)) -> JsonValue:
    """The JSON a request carries. Raises MediaTypeUnsupported, JsonInvalid."""
    media_type(request, taken)
    return parse(request.body)


def json_object(value: JsonValue) -> JsonObject:
    """A value that must be an object. Raises BodyInvalid."""
    if not isinstance(value, dict):
        raise BodyInvalid("", "must be a JSON object")
    return value


def document_body(value: JsonValue, id: str | None) -> tuple[JsonObject, str | None, Any]:
    """A document's own JSON, the id it names, and the `_meta` it came with.

    id: the one in the address; a body may repeat it, and not contradict it. Raises BodyInvalid.
    """
    body = json_object(value)
    if "id" not in body and "_meta" not in body:
        return body, id, None
    body = dict(body)
    if "id" in body:
        named = body.pop("id")
        if not isinstance(named, str):
            raise BodyInvalid("/id", "must be a string")
        if id is not None and named != id:
            raise BodyInvalid("/id", f"differs from the address, which says {id!r}")
        id = checked_id(named)
    if "_meta" not in body:
        return body, id, None
    meta = body.pop("_meta")
    if not isinstance(meta, dict):
        raise BodyInvalid("/_meta", "is kept by the server; leave it out, or send it as it was read")
    return body, id, meta


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


def strong_tags(match: str) -> list[str]:
    """The strong entity tags of an If-Match. Raises HeaderInvalid."""
    if not _TAGS.fullmatch(match):
        raise HeaderInvalid("If-Match", 'is an entity tag as ETag gave it, like "3", or several, or *')
    return [tag for weak, tag in _TAG.findall(match) if not weak]


def seen_before(request: Request, tag: str) -> bool:
    """Whether the client already has what `tag`, quotes included, stands for (RFC 9110, weak comparison)."""
    seen = header(request, "if-none-match")
    if seen is None:
        return False
    return seen.strip() == "*" or tag in [f'"{value}"' for _, value in _TAG.findall(seen)]


def parameters(request: Request, known: Sequence[str]) -> dict[str, str]:
    """The query parameters, each at most once. Raises ParameterUnknown, QueryInvalid."""
    if not request.query_string:
        return {}
    found: dict[str, str] = {}
    for name, values in request.get_args(keep_blank_values=True).items():
        if name not in known:
            raise ParameterUnknown(name, known)
        if len(values) > 1:
            raise QueryInvalid(name, "is given more than once")
        found[name] = values[0]
    return found
