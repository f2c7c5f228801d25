"""Filters as parameters of their own: `where[total][gte]`, with the type of the field.

OpenAPI has no way to write the nesting of `where` that all generators of clients follow; a parameter whose
name has brackets all of them can send.
"""

from collections.abc import Iterable, Iterator, Mapping

from app.openapi.declared.names import Names
from app.openapi.declared.parts import JsonObject
from app.openapi.declared.scalars import ANY
from app.openapi.description import Parameter

_BOUNDS = {"lt": "Less than this.", "lte": "At most this.", "gt": "More than this.", "gte": "At least this."}
_IN = "One of these: values separated by commas, or a JSON array."


def filters(types: Mapping[str, JsonObject]) -> Iterator[Parameter]:
    """The filters of fields or columns, by their names, with the type that the values of each have.

    Of two that generators would call by one name, the first alone.
    """
    names = Names()
    for path, type in types.items():
        for operator, description, schema in _operators(path, type):
            name = f"where[{path}][{operator}]" if operator else f"where[{path}]"
            if names.is_free(name):
                yield Parameter(names.take(name), "query", description, {"type": schema["type"]})


def _operators(path: str, type: JsonObject) -> Iterable[tuple[str, str, JsonObject]]:
    yield "", f"`{path}` equals this.", type
    if type["type"] != "boolean":
        yield "in", _IN, {"type": "string"}
        yield from ((operator, description, type) for operator, description in _BOUNDS.items())
    if type["type"] == "string" or type is ANY:
        yield "prefix", "Begins with this.", {"type": "string"}
    yield "exists", "Whether there is a value.", {"type": "boolean"}
