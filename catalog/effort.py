"""How much work it is to find out where a document breaks a schema.

Whether a document is valid is decided in linear time. Why it is not takes a visit of every
alternative again at every level: with alternatives that contain one another the visits multiply, so
they are counted before anybody makes them.
"""

from collections.abc import Iterator
from typing import Any

from catalog.pointers import resolved
from catalog.subschemas import in_place

Step = tuple[Any, Any]

_EVERY_MEMBER = ("additionalProperties", "unevaluatedProperties")
_EVERY_ITEM = ("items", "contains", "unevaluatedItems")


class TooMuch(Exception):
    """The work is more than was allowed."""


class Unforeseeable(TooMuch):
    """The work cannot be counted: the schema refers to something by other means than a pointer."""


class Effort:
    """Counts visits under `root`, the schema that references are resolved in; gives up beyond `most`."""

    def __init__(self, root: Any, most: int) -> None:
        self._root = root
        self._most = most
        self._known: dict[tuple[int, int], int] = {}

    def of(self, schema: Any, value: Any) -> int:
        """How many schemas are visited, counting again what is visited again.

        `schema` and `value` must outlive this object.
        Raises: TooMuch: it is more than `most` (which bounds the counting too), or Unforeseeable.
        """
        if not isinstance(schema, dict):
            return 1
        key = (id(schema), id(value))
        if key not in self._known:
            if len(self._known) >= self._most:
                raise TooMuch
            self._known[key] = 0  # a schema that leads back to itself at one value is cut off there
            self._known[key] = self._sum(schema, value)
        return self._known[key]

    def _sum(self, schema: dict[str, Any], value: Any) -> int:
        visits = 1
        for below, part in self._steps(schema, value):
            visits += self.of(below, part)
            if visits > self._most:
                raise TooMuch
        return visits

    def _steps(self, schema: dict[str, Any], value: Any) -> Iterator[Step]:
        yield from ((below, value) for _, below in in_place(schema))
        if "$dynamicRef" in schema:
            raise Unforeseeable
        if isinstance(reference := schema.get("$ref"), str):
            yield self._target(reference), value
        if isinstance(value, dict):
            yield from _member_steps(schema, value)
        elif isinstance(value, list):
            yield from _item_steps(schema, value)

    def _target(self, reference: str) -> Any:
        try:
            return resolved(self._root, reference)
        except LookupError:
            raise Unforeseeable from None


def _member_steps(schema: dict[str, Any], value: dict[str, Any]) -> Iterator[Step]:
    properties = schema.get("properties", {})
    yield from ((properties[name], member) for name, member in value.items() if name in properties)
    for pattern in schema.get("patternProperties", {}).values():
        yield from ((pattern, member) for member in value.values())
    for keyword in _EVERY_MEMBER:
        if keyword in schema:
            yield from ((schema[keyword], member) for member in value.values())
    if "propertyNames" in schema:
        yield from ((schema["propertyNames"], name) for name in value)


def _item_steps(schema: dict[str, Any], value: list[Any]) -> Iterator[Step]:
    yield from zip(schema.get("prefixItems", ()), value, strict=False)
    for keyword in _EVERY_ITEM:
        if keyword in schema:
            yield from ((schema[keyword], item) for item in value)
