"""The operations on one collection: those on any, at the collection's own addresses and with its types."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from app.openapi.declared.filters import filters
from app.openapi.declared.names import Names
from app.openapi.declared.parts import JsonObject
from app.openapi.declared.types import Types
from app.openapi.description import Answer, Content, Group, Operation, Parameter
from app.openapi.fields import COLLECTION, FIELDS, ID, PREFER_HANDLING, PREFER_RETURN, SORT
from app.openapi.operations.documents import DOCUMENTS
from app.openapi.operations.views import VIEW, VIEWS
from app.routes.reading import JSON_PATCH
from catalog.declared import Declared, View

_OF_ANY = {COLLECTION.name, VIEW.name, "where", FIELDS.name}
"""Parameters of the general operations that those of a collection have not: their addresses say which they
are of, filters are parameters of their own, and what `fields` answers is not of the type."""


def group_of(declared: Declared, types: Types, tags: Names, names: Names) -> Group:
    """All operations on a collection. `tags` and `names` give them names that nothing else has."""
    operations = Operations(tags.take(declared.name), names)
    return Group(
        operations.tag,
        f"Documents of {declared.name}, and its views.",
        (*operations.on_documents(declared.name, types), *operations.on_views(declared, types)),
        heads=False,
    )


class Operations:
    """Makes the operations of one tag."""

    def __init__(self, tag: str, names: Names) -> None:
        self.tag = tag
        self._names = names

    def on_documents(self, name: str, types: Types) -> Iterator[Operation]:
        """Those on documents."""
        known = {"Document": types.document, "DocumentBody": types.body, "MergePatch": types.patch}
        known |= {"Page": types.page, "Query": "WholeQuery"}
        for general in _of_collections(DOCUMENTS):
            verb = general.name.removeprefix("document_")
            path = general.path.replace("{collection}", name)
            yield self._typed(general, f"{name}_{verb}", path, known, types.fields)

    def on_views(self, declared: Declared, types: Types) -> Iterator[Operation]:
        """Those on the rows of views."""
        for view in declared.views.values():
            rows = types.views[view.name]
            known = {"RowPage": rows.page, "Query": "WholeQuery"}
            for general in _of_collections(VIEWS):
                name = f"{declared.name}_{view.name}_{general.name.removeprefix('view_')}"
                yield self._typed(general, name, _path(general, declared, view), known, rows.columns)

    def _typed(
        self,
        general: Operation,
        name: str,
        path: str,
        known: Mapping[str, str],
        columns: Mapping[str, JsonObject],
    ) -> Operation:
        """`general` at an address of its own, with the components that are `known` in the place of others."""
        asks = any(parameter.name == "where" for parameter in general.parameters)
        own = [_shown(each, general) for each in general.parameters if each.name not in _OF_ANY]
        return replace(
            general,
            name=self._names.take(name),
            path=path,
            tag=self.tag,
            parameters=(*own, *(filters(columns) if asks else ())),
            sample={},
            body=_contents({media: each for media, each in general.body.items() if media != JSON_PATCH}, known),
            answers={status: _answer(each, known) for status, each in general.answers.items()},
        )


def _of_collections(group: Group) -> Iterator[Operation]:
    return (operation for operation in group.operations if "{collection}" in operation.path)


def _path(general: Operation, declared: Declared, view: View) -> str:
    return general.path.replace("{collection}", declared.name).replace("{view}", view.name)


def _shown(parameter: Parameter, general: Operation) -> Parameter:
    """Without an example that is of no collection but that of the examples.

    What `return=minimal` answers where a document was made has not the type that is declared.
    """
    if parameter is PREFER_RETURN and 201 in general.answers:
        return PREFER_HANDLING
    is_of_orders = parameter.name in (SORT.name, ID.name)
    return replace(parameter, example=None) if is_of_orders and parameter.place == "query" else parameter


def _answer(answer: Answer, known: Mapping[str, str]) -> Answer:
    return replace(answer, content=_contents(answer.content, known))


def _contents(contents: Mapping[str, Content], known: Mapping[str, str]) -> dict[str, Content]:
    return {media: _content(content, known) for media, content in contents.items()}


def _content(content: Content, known: Mapping[str, str]) -> Content:
    name: Any = content.schema
    lines = content.lines
    return Content(
        known.get(name, name) if isinstance(name, str) else name,
        lines=None if lines is None else known.get(lines, lines),
    )
