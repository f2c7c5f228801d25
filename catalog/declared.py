"""A declared collection as the running system sees it: immutable, parsed, compiled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from catalog.declaration import Declaration
from catalog.schema import DocumentSchema
from catalog.views import ViewDeclaration


@dataclass(frozen=True, slots=True)
class IndexField:
    """One field of an index."""

    path: str
    descending: bool

    def __str__(self) -> str:
        return f"-{self.path}" if self.descending else self.path


@dataclass(frozen=True, slots=True)
class Index:
    """A declared order over rows, of 1 to 8 fields. `name` is unique in its collection."""

    fields: tuple[IndexField, ...]

    @property
    def name(self) -> str:
        """The fields as they are declared: `status,-placed_at`."""
        return ",".join(map(str, self.fields))


@dataclass(frozen=True, slots=True)
class Group:
    """What a view groups by. `name` is the column; `time_zone` is an IANA name, None without a bucket."""

    name: str
    path: str
    bucket: str | None
    time_zone: str | None


@dataclass(frozen=True, slots=True)
class Measure:
    """What a view measures. `name` is the column; `path` is None for a count alone."""

    name: str
    kind: str
    path: str | None


@dataclass(frozen=True, slots=True)
class Condition:
    """What a document must fulfil to be counted. `value` is a scalar, for `in` a tuple of scalars."""

    path: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class View:
    """A declared group-by. All conditions must hold; without groups it is one row.

    orders: of its rows, by columns, besides those by each single one.
    """

    name: str
    groups: tuple[Group, ...]
    measures: tuple[Measure, ...]
    where: tuple[Condition, ...]
    orders: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """A collection as it is declared now.

    revision: 1, 2, 3… of the name, counted over drops too; the same declaration again is no revision.
    floors:   partition -> position; documents written at or below it were dropped and stay gone.
    body:     the declaration in the form it is declared in; not to be changed.
    """

    name: str
    revision: int
    unique: tuple[tuple[str, ...], ...]
    indexes: tuple[Index, ...]
    views: Mapping[str, View]
    schema: DocumentSchema | None
    require_if_match: bool
    created_at: datetime
    updated_at: datetime
    floors: Mapping[int, int]
    body: Mapping[str, Any]


def runtime_schema(declaration: Declaration) -> DocumentSchema | None:
    """The compiled schema of `declaration`, None where it has none."""
    return None if declaration.json_schema is None else DocumentSchema(declaration.json_schema)


def runtime_indexes(declaration: Declaration) -> tuple[Index, ...]:
    """The indexes of `declaration`, in its order."""
    return tuple(map(_index, declaration.indexes))


def runtime_views(declaration: Declaration) -> Mapping[str, View]:
    """The views of `declaration` by name."""
    return MappingProxyType({name: _view(name, view) for name, view in declaration.views.items()})


def _index(fields: Iterable[str]) -> Index:
    return Index(tuple(map(_index_field, fields)))


def _index_field(field: str) -> IndexField:
    return IndexField(field.removeprefix("-"), field.startswith("-"))


def _view(name: str, view: ViewDeclaration) -> View:
    return View(
        name,
        tuple(
            Group(group.name, group.field, group.bucket, (group.time_zone or "UTC") if group.bucket else None)
            for group in view.group_by
        ),
        tuple(Measure(label, measure.kind, measure.field) for label, measure in view.measures.items()),
        tuple(
            Condition(path, operator, value)
            for path, comparison in view.where.items()
            for operator, value in comparison.operands()
        ),
        tuple(map(_index, view.orders)),
    )
