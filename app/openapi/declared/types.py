"""The components that a collection adds: its documents, what is sent of them, its pages and rows."""

from dataclasses import dataclass, field

from app.openapi.declared.names import Names
from app.openapi.declared.parts import JsonObject, Parts, reference
from app.openapi.declared.patches import Patches
from app.openapi.declared.rows import columns, row
from app.openapi.declared.scalars import Scalars
from app.openapi.declared.widened import Widening
from app.openapi.fields import DOCUMENT_ID
from app.openapi.schemas.queries import PAGE
from catalog.declared import Declared, View

_ID: JsonObject = dict(DOCUMENT_ID)
_META = reference("Meta")
_FREE: JsonObject = {"type": "object", "additionalProperties": True}


@dataclass(frozen=True, slots=True)
class RowTypes:
    """Of one view: the name of its page's component, and the types of its columns."""

    page: str
    columns: dict[str, JsonObject]


@dataclass(frozen=True, slots=True)
class Types:
    """The names of a collection's components, and all that these consist of.

    fields: the type of the values of every field that an index is declared over.
    """

    document: str
    body: str
    patch: str
    page: str
    fields: dict[str, JsonObject]
    views: dict[str, RowTypes]
    schemas: dict[str, JsonObject] = field(default_factory=dict)


def types_of(declared: Declared, names: Names) -> Types:
    """The components of a collection, under names that `names` gives."""
    source = None if declared.schema is None else declared.schema.source
    parts = Parts(source, declared.name, names)
    scalars = Scalars(parts)
    document, body, patch, page = (parts.name(kind) for kind in ("", "body", "patch", "page"))
    whole = zip((document, body, patch), _documents(parts, declared.name), strict=True)
    parts.schemas |= {**dict(whole), page: _page(document)}
    views = {view.name: _rows(parts, scalars, view) for view in declared.views.values()}
    paths = dict.fromkeys(each.path for index in declared.indexes for each in index.fields)
    fields = {path: scalars.type_at(path) for path in paths}
    return Types(document, body, patch, page, fields, views, parts.settled())


def _documents(parts: Parts, name: str) -> tuple[JsonObject, JsonObject, JsonObject]:
    """A document as it is read, as it is sent, and a patch of one."""
    members = {"id": _ID, "_meta": _META}
    if not isinstance(parts.source, dict):
        free = {**_FREE, "properties": members}
        return {**free, "required": list(members)}, free, {**_FREE, "properties": {}}
    document = Widening(parts, members, list(members)).widened()
    body = Widening(parts, members, ()).widened()
    return _told(document, f"A document of {name}."), body, Patches(parts).of_whole()


def _told(schema: JsonObject, description: str) -> JsonObject:
    return {"description": description, **schema}


def _page(items: str) -> JsonObject:
    described: JsonObject = {**PAGE, "properties": dict(PAGE["properties"])}
    described["properties"]["items"] = {**PAGE["properties"]["items"], "items": reference(items)}
    return described


def _rows(parts: Parts, scalars: Scalars, view: View) -> RowTypes:
    one, page = parts.name(view.name, "row"), parts.name(view.name, "page")
    parts.schemas |= {one: row(view, scalars), page: _page(one)}
    return RowTypes(page, columns(view, scalars))
