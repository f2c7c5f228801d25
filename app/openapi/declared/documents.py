"""OpenAPI documents with what is declared: of one collection, and of everything."""

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from app.openapi.composing import compose
from app.openapi.declared.names import Names
from app.openapi.declared.operations import group_of
from app.openapi.declared.types import types_of
from app.openapi.description import Group, Schema
from app.openapi.interface import GROUPS, INFO, SCHEMAS
from app.openapi.schemas import imports
from catalog.declared import Declared

JsonObject = dict[str, Any]

_SHARED = ("Meta", "WholeQuery", "Explanation", "Problem", *imports.SCHEMAS)

_DESCRIPTION = """\
The documents of {name} and its views, with the types declared. The whole interface is at `/openapi.json`.

Wherever GET is answered, HEAD is too. What has not the types declared is told of in the whole interface \
alone: `fields`, which selects members of documents, and JSON Patch."""


def of_collection(declared: Declared) -> JsonObject:
    """The document of one collection. It changes with the collection's revision alone."""
    info = {
        "title": f"foldbase {declared.name}",
        "version": str(declared.revision),
        "summary": f"The collection {declared.name}, revision {declared.revision}, of foldbase {_VERSION}.",
        "description": _DESCRIPTION.format(name=declared.name),
    }
    [group], schemas = _declared([declared])
    return compose(info, [group], {name: SCHEMAS[name] for name in _SHARED} | schemas)


def of_everything(collections: Iterable[Declared]) -> JsonObject:
    """The document of the whole interface and all collections.

    Where collections ask for names that are alike, the one that was made first has it.
    """
    oldest_first = sorted(collections, key=lambda each: (each.created_at, each.name))
    groups, schemas = _declared(oldest_first)
    return compose(INFO, (*GROUPS, *groups), SCHEMAS | schemas)


_VERSION = version("foldbase")


def _declared(collections: Iterable[Declared]) -> tuple[list[Group], dict[str, Schema]]:
    """What collections add: operations and components, under names that nothing else has."""
    components, tags = Names(SCHEMAS), Names(group.name for group in GROUPS)
    operations = Names(operation.name for group in GROUPS for operation in group.operations)
    groups: list[Group] = []
    schemas: dict[str, Schema] = {}
    for declared in collections:
        types = types_of(declared, components)
        schemas |= types.schemas
        groups.append(group_of(declared, types, tags, operations))
    return groups, schemas
