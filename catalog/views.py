"""The declared form of a view: what it groups by, what it measures, which documents it counts."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from catalog.errors import shown
from catalog.fields import (
    MAX_FIELDS,
    BucketName,
    EachOnce,
    IndexPath,
    Label,
    Path,
    Scalar,
    Strict,
    Zone,
    refusal,
)
from catalog.names import nearest

MAX_GROUP_FIELDS = 8
MAX_MEASURES = 16
MAX_CONDITIONS = 16
MAX_CHOICES = 100
MAX_ORDERS = 8

FIELD_MEASURES = ("sum", "avg", "min", "max", "distinct")


class GroupField(Strict):
    """`"customer.country"`, or `{"field", "bucket", "time_zone", "as"}`: a path, or a span of time in it."""

    field: Path
    bucket: BucketName | None = None
    time_zone: Zone | None = None
    label: Label | None = Field(None, alias="as")

    @property
    def name(self) -> str:
        """The column of the view's rows."""
        return self.label or self.field

    @model_validator(mode="before")
    @classmethod
    def _from_path(cls, value: Any) -> Any:
        return {"field": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _zone_has_a_bucket(self) -> "GroupField":
        if self.time_zone is not None and self.bucket is None:
            raise refusal("a time_zone needs a bucket")
        return self

    @model_serializer(mode="wrap")
    def _as_declared(self, full: SerializerFunctionWrapHandler) -> Any:
        declared = {key: value for key, value in full(self).items() if value is not None}
        return self.field if declared.keys() == {"field"} else declared


class Measure(Strict):
    """`"count"`, or one of sum, avg, min, max and distinct with its path: `{"sum": "total"}`."""

    kind: Literal["count", "sum", "avg", "min", "max", "distinct"]
    field: Path | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_declared(cls, value: Any) -> dict[str, Any]:
        match value:
            case "count":
                return {"kind": "count"}
            case dict() if len(value) == 1:
                [(kind, field)] = value.items()
                if kind in FIELD_MEASURES:
                    return {"kind": kind, "field": field}
                raise refusal(f"{shown(kind)} is no measure of a field; {nearest(kind, FIELD_MEASURES)}")
            case _:
                raise refusal(f'must be "count", or a path under one of {", ".join(FIELD_MEASURES)}')

    @model_serializer
    def _as_declared(self) -> Any:
        return "count" if self.kind == "count" else {self.kind: self.field}


class Comparison(Strict):
    """What a field must be: a value, or operators that must all hold. Only what was given is set."""

    eq: Scalar = None
    any_of: Annotated[
        tuple[Scalar, ...], Field(alias="in", strict=False, min_length=1, max_length=MAX_CHOICES)
    ] = ()
    lt: Scalar = None
    lte: Scalar = None
    gt: Scalar = None
    gte: Scalar = None
    prefix: Annotated[str, Field(max_length=1024)] = ""
    exists: bool = True

    @model_validator(mode="before")
    @classmethod
    def _from_value(cls, value: Any) -> Any:
        return value if isinstance(value, dict) else {"eq": value}

    @model_validator(mode="after")
    def _says_something(self) -> "Comparison":
        if not self.model_fields_set:
            raise refusal("names no operator")
        return self

    @model_serializer
    def _as_declared(self) -> dict[str, Any]:
        return {"in" if name == "any_of" else name: getattr(self, name) for name in self._given()}

    def operands(self) -> tuple[tuple[str, Any], ...]:
        """The operators that were given, each with its value."""
        return tuple(self._as_declared().items())

    def _given(self) -> list[str]:
        return [name for name in type(self).model_fields if name in self.model_fields_set]


def _several(columns: tuple[str, ...]) -> tuple[str, ...]:
    if len(columns) == 1:
        raise refusal("names one column; rows are kept in order by each single one anyway")
    return columns


OrderColumns = Annotated[
    tuple[IndexPath, ...],
    Field(min_length=1, max_length=MAX_FIELDS),
    EachOnce,
    AfterValidator(_several),
]
"""Columns of a view, `-` before those that come the other way round: `["carrier", "-flights"]`."""


class ViewDeclaration(Strict):
    """A group-by over a collection. Without `group_by` it is one row of totals.

    orders: of its rows, besides those by each single column, which are kept anyway.
    """

    group_by: Annotated[tuple[GroupField, ...], Field(max_length=MAX_GROUP_FIELDS)] = ()
    measures: Annotated[dict[Label, Measure], Field(min_length=1, max_length=MAX_MEASURES)]
    where: dict[Path, Comparison] = Field({}, max_length=MAX_CONDITIONS)
    orders: Annotated[tuple[OrderColumns, ...], Field(max_length=MAX_ORDERS)] = ()
