"""Reading requests: what routes need of headers, parameters, addresses and bodies, and nothing twice."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from sanic.request import Request

from app.errors import CodingUnsupported, MediaTypeUnsupported, ParameterUnknown
from app.http.json import JsonValue, parse
from commands.errors import BodyInvalid
from commands.ids import checked_id
from events.commit import JsonObject
from queries.errors import QueryInvalid

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
PATCH_TYPES = (MERGE_PATCH, JSON_PATCH, JSON)


def header(request: Request, name: str) -> str | None:
    """A header's value, its lines joined as RFC 9110 section 5.3 has it; None where there is none."""
    headers = request.headers
    return ", ".join(headers.getall(name)) if name in headers else None


def collection_name(text: str) -> str:
    """The name of a collection, or of a view, in an address."""
    return unquote(text) if "%" in text else text


def document_id(text: str) -> str:
    """The id in an address. Raises BodyInvalid where it breaks the grammar of ids."""
    return checked_id(unquote(text) if "%" in text else text)


def media_type(request: Request, taken: Sequence[str], *, patch: bool = False) -> str:
    """The media type of the body, without parameters. Raises MediaTypeUnsupported, CodingUnsupported."""
    coding = header(request, "content-encoding")
    if coding is not None and coding.strip().lower() != "identity":
        raise CodingUnsupported(taken, patch)
    name = request.headers.getone("content-type", "")
    if name in taken:
        return str(name)
    name = name.partition(";")[0].strip().lower()
    if name not in taken:
        raise MediaTypeUnsupported(taken, patch, name)
    return str(name)


def json_body(request: Request, taken: Sequence[str] = (JSON,)) -> JsonValue:
    """The JSON a request carries. Raises MediaTypeUnsupported, CodingUnsupported, JsonInvalid."""
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
