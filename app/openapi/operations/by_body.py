"""Queries that are asked for in a body: with QUERY, and with POST for those who do not know that method."""

from dataclasses import replace
from typing import Any

from app.openapi.description import JSON, Answer, Content, Operation
from app.openapi.fields import IF_NONE_MATCH, IF_UNKNOWN, LINK


def by_body(
    listing: Operation, summary: str, description: str, example: dict[str, Any]
) -> tuple[Operation, Operation]:
    """The two operations that ask in a body for what `listing` asks for in the address.

    summary, description: of the one with QUERY. example: a query that counts one.
    """
    query = Operation(
        name=listing.name.replace("_page", "_query"),
        method="query",
        path=listing.path,
        tag=listing.tag,
        access=listing.access,
        summary=summary,
        description=description,
        parameters=tuple(each for each in listing.parameters if each.place != "query"),
        body={JSON: Content("Query", example)},
        answers={200: _counted(listing.answers[200]), 304: _unlinked(listing.answers[304])},
        problems=(*listing.problems, "json-invalid", "media-type-unsupported", "coding-unsupported"),
    )
    post = replace(
        query,
        name=f"{query.name}_post",
        method="post",
        path=f"{query.path}/query",
        summary=f"{summary} with POST",
        description=(
            "The same as QUERY, for clients and proxies that do not know that method. It changes nothing. A "
            "page that `If-None-Match` names is answered 412: 304 is for methods that are known to be safe."
        ),
        parameters=tuple(IF_UNKNOWN if each is IF_NONE_MATCH else each for each in query.parameters),
        answers={200: query.answers[200]},
        problems=(*query.problems, "version-conflict"),
    )
    return query, post


def _counted(page: Answer) -> Answer:
    """A page that is counted."""
    content = page.content[JSON]
    counted = replace(content, example={**content.example, "count": 1})
    return replace(_unlinked(page), content={JSON: counted})


def _unlinked(page: Answer) -> Answer:
    """A page of which there is no address to link the next one by."""
    return replace(page, headers=tuple(header for header in page.headers if header is not LINK))
