"""A collection's JSON Schema cut into components, with its references leading to them."""

from collections.abc import Callable, Iterator
from typing import Any

from app.openapi.declared.keywords import carried
from app.openapi.declared.names import Names, pascal
from catalog.pointers import resolved
from catalog.subschemas import all_within, mapped

JsonObject = dict[str, Any]
Place = tuple[Any, str]
"""A schema, and its pointer within the whole."""

_NOT_NAMED = {"", "properties", "$defs", "definitions", "additionalProperties"}
_MEMBERS = ("items", "additionalProperties")
_OPENING = ("additionalProperties", "unevaluatedProperties")
_MOST_REFERENCES = 64


class Parts:
    """The components of one collection. What refers to a part of its schema finds that part here.

    Objects with members of their own become components, too, so that they are one type wherever they are
    used. What a reference within `$id`s would mean is not worked out: it may be anything.
    """

    def __init__(self, source: Any, prefix: str, names: Names) -> None:
        """prefix: what the names of all components begin with."""
        self.source = source
        self.schemas: dict[str, JsonObject] = {}
        self._prefix = prefix
        self._names = names
        self._named: dict[tuple[str, str], str] = {}
        self._waiting: list[tuple[str, Callable[[], JsonObject]]] = []
        self._anchors = dict(_anchors(source))
        self._has_resources = any("$id" in each for place, each in all_within(source) if place)

    def settled(self) -> dict[str, JsonObject]:
        """All components, those too that others refer to."""
        while self._waiting:
            name, make = self._waiting.pop()
            self.schemas[name] = make()
        return self.schemas

    def name(self, *words: str) -> str:
        """A name for a component, in use by nothing else."""
        return self._names.take(pascal(self._prefix, *words))

    def at(self, schema: Any, place: str) -> JsonObject:
        """`schema`, which stands at `place`, as OpenAPI takes it: itself, or a reference to a component."""
        if isinstance(schema, dict) and "properties" in schema and _is_member(place):
            return self._component(place, schema)
        return self.inline(schema, place)

    def inline(self, schema: Any, place: str) -> JsonObject:
        """`schema` as OpenAPI takes it, itself no component."""
        if not isinstance(schema, dict):
            return {} if schema is not False else {"not": {}}
        result = mapped(carried(schema), place, self._member)
        for keyword in ("$ref", "$dynamicRef"):
            if keyword in schema:
                target = self.target(schema[keyword])
                result |= {} if target is None else self._component(target[1], target[0])
        return result

    def target(self, text: str) -> Place | None:
        """What a reference leads to; None where that is not known."""
        text = text.removeprefix(self._base)
        if self._has_resources:
            return None
        if text in self._anchors:
            return self._anchors[text]
        try:
            return resolved(self.source, text or "#"), text.removeprefix("#")
        except LookupError:
            return None

    def followed(self, schema: Any, place: str) -> Place:
        """`schema`, or what it leads to where it is nothing but a reference."""
        for _ in range(_MOST_REFERENCES):
            found = self.target(schema["$ref"]) if _only_refers(schema) else None
            if found is None:
                break
            schema, place = found
        return schema, place

    def component(self, kind: str, place: str, make: Callable[[], JsonObject]) -> JsonObject:
        """A reference to the component of this `kind` for the part at `place`; what `make` gives, made once."""
        name = self._named.get((kind, place))
        if name is None:
            name = self._named[kind, place] = self.name(*_words(place), kind)
            self._waiting.append((name, make))
        return reference(name)

    def _component(self, place: str, schema: Any) -> JsonObject:
        return self.component("", place, lambda: self.inline(schema, place))

    def _member(self, schema: Any, place: str) -> Any:
        within, _, keyword = place.rpartition("/")
        if isinstance(schema, bool) and keyword in _OPENING and not within.endswith("/properties"):
            return schema
        return self.at(schema, place)

    @property
    def _base(self) -> str:
        """What the whole is called by `$id`."""
        name = self.source.get("$id", "") if isinstance(self.source, dict) else ""
        return str(name).partition("#")[0]


def reference(name: str) -> JsonObject:
    """A reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def _is_member(place: str) -> bool:
    within, _, last = place.rpartition("/")
    return last in _MEMBERS or within.endswith("/properties")


def _words(place: str) -> Iterator[str]:
    """The words that name a part: those of its pointer but for keywords."""
    words = ["item" if word == "items" else word for word in place.split("/") if word not in _NOT_NAMED]
    yield from words or ["content"]


def _anchors(source: Any) -> Iterator[tuple[str, Place]]:
    for place, each in all_within(source):
        for keyword in ("$anchor", "$dynamicAnchor"):
            if keyword in each:
                yield f"#{each[keyword]}", (each, place)


def _only_refers(schema: Any) -> bool:
    return isinstance(schema, dict) and "$ref" in schema and not carried(schema).keys() - {"description"}
