"""A shape: the indexes and views that a generation keeps. It is decided when the generation is started."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from catalog.declared import Condition, Declared, Group, Index, IndexField, Measure, View


@dataclass(frozen=True)
class Shape:
    """What is kept besides the rows and their order by creation. The order of indexes has no meaning."""

    indexes: tuple[Index, ...]
    views: Mapping[str, View]

    def text(self) -> str:
        """Canonical JSON, which `read_shape` reads: the same for shapes that keep the same."""
        return self._text

    def is_same(self, other: "Shape") -> bool:
        """Whether both keep the same. (Equality would not tell a condition on 1 from one on true.)"""
        return self._text == other._text

    @cached_property
    def _text(self) -> str:
        indexes = sorted([str(field) for field in index.fields] for index in self.indexes)
        views = [view for _, view in sorted(self.views.items())]
        return orjson.dumps({"indexes": indexes, "views": views}).decode()


EMPTY = Shape((), {})


def shape_of(declared: Declared) -> Shape:
    """The shape that a generation gets which is started now."""
    return Shape(declared.indexes, declared.views)


def read_shape(text: str | bytes) -> Shape:
    """The shape that `Shape.text` wrote."""
    written = orjson.loads(text)
    views = [_view(view) for view in written["views"]]
    return Shape(tuple(map(_index, written["indexes"])), {view.name: view for view in views})


def _index(fields: list[str]) -> Index:
    return Index(tuple(IndexField(field.removeprefix("-"), field.startswith("-")) for field in fields))


def _view(written: dict[str, Any]) -> View:
    return View(
        written["name"],
        tuple(Group(**group) for group in written["groups"]),
        tuple(Measure(**measure) for measure in written["measures"]),
        tuple(_condition(**condition) for condition in written["where"]),
        tuple(_order(**order) for order in written.get("orders", ())),
    )


def _order(fields: list[dict[str, Any]]) -> Index:
    return Index(tuple(IndexField(**field) for field in fields))


def _condition(path: str, operator: str, value: Any) -> Condition:
    return Condition(path, operator, tuple(value) if operator == "in" else value)
