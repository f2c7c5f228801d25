"""Operations on many documents: lists and queries."""

from app.openapi.description import Answer, Operation, json_answer
from app.openapi.fields import (
    COLLECTION,
    COUNT,
    CURSOR,
    EXPLAIN,
    FIELDS,
    FOLD_AFTER,
    FOLD_PLAN,
    IF_NONE_MATCH,
    LIMIT,
    LINK,
    LIST_ETAG,
    PREFER_WAIT,
    PREFERENCE_APPLIED,
    SERVED_AT,
    SORT,
    STALE_ON_PAGE,
    WHERE,
)
from app.openapi.operations.by_body import by_body
from app.openapi.operations.orders import MANY, ORDER, READS, document_example

_PROBLEMS = (*READS, "index-needed", "projection-building", "log-unavailable")
_SERVED = (LIST_ETAG, SERVED_AT, FOLD_PLAN, LINK, STALE_ON_PAGE, PREFERENCE_APPLIED)
_PAGE = {"items": [document_example(ORDER, 1, 812)], "next": None}

LIST = Operation(
    name="document_page",
    method="get",
    path=MANY,
    tag="documents",
    access="user",
    summary="List documents",
    description=(
        "A page of the documents asked for, in the order asked for; without either, of all documents, the "
        "newest first. Follow `next`, or the `Link` header, to the next page; what is written meanwhile moves "
        "nothing between the pages. A query costs what it returns where an index of the collection serves it; "
        "a small collection is looked through where none does, and a large one refused, with the index to "
        "declare."
    ),
    parameters=(
        COLLECTION,
        WHERE,
        SORT,
        LIMIT,
        CURSOR,
        COUNT,
        FIELDS,
        EXPLAIN,
        FOLD_AFTER,
        PREFER_WAIT,
        IF_NONE_MATCH,
    ),
    sample={"limit": "20"},
    answers={
        200: json_answer("A page.", "Page", _PAGE, *_SERVED),
        304: Answer("You have it already.", _SERVED),
    },
    problems=_PROBLEMS,
)

QUERY, QUERY_BY_POST = by_body(
    LIST,
    "Query documents",
    "The same as listing, asked for in a body with the method QUERY (RFC 10008): for queries that are too "
    "long for an address, or better written as JSON. Send `next` as `cursor` for the next page.",
    {"where": {"total": {"gte": 10}}, "sort": ["-placed_at"], "count": True},
)
