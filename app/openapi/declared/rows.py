"""The rows of a collection's views."""

from app.openapi.declared.parts import JsonObject
from app.openapi.declared.scalars import ANY, TEXT, Scalars
from catalog.declared import Group, Measure, View

_NUMBER: JsonObject = {"type": "number"}
_COUNT: JsonObject = {"type": "integer", "minimum": 0}


def columns(view: View, scalars: Scalars) -> dict[str, JsonObject]:
    """The types that the values of the columns have, besides null."""
    groups = {group.name: TEXT if group.bucket else scalars.type_at(group.path) for group in view.groups}
    return groups | {measure.name: _measured(measure, scalars) for measure in view.measures}


def row(view: View, scalars: Scalars) -> JsonObject:
    """One row: the columns of its group, then the measures."""
    described = {name: _or_null(type) for name, type in columns(view, scalars).items()}
    described |= {group.name: _group(group, scalars) for group in view.groups}
    return {
        "type": "object",
        "description": f"A row of the view {view.name}: the columns of its group, then the measures.",
        "required": list(described),
        "additionalProperties": False,
        "properties": described,
    }


def _measured(measure: Measure, scalars: Scalars) -> JsonObject:
    match measure.kind, measure.path:
        case (("count" | "distinct"), _):
            return _COUNT
        case (("min" | "max"), str(path)):
            return scalars.type_at(path)
        case _:
            return _NUMBER


def _group(group: Group, scalars: Scalars) -> JsonObject:
    if group.bucket is None:
        return scalars.group_at(group.path)
    return _or_null(TEXT) | {"description": f"The {group.bucket} of {group.path}, in {group.time_zone}."}


def _or_null(type: JsonObject) -> JsonObject:
    """A count is never null; every other value may be."""
    return type if type in (ANY, _COUNT) else {"type": [type["type"], "null"]}
