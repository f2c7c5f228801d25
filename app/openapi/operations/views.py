"""Operations on views."""

from dataclasses import replace

from app.openapi.description import Answer, Group, Operation, Parameter, json_answer
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
    TEXT,
    WHERE,
)
from app.openapi.operations.by_body import by_body
from app.openapi.operations.orders import READS

ONE = "/v1/views/{collection}/{view}"
VIEW = Parameter("view", "path", "The name of one of the collection's views.", TEXT, "by_status")

_WHERE = replace(
    WHERE,
    description=(
        "What the rows must be like: `where[COLUMN]=VALUE` or `where[COLUMN][OPERATOR]=VALUE`, with the "
        "operators and values that documents are asked for with. A name with dots is one column of a view."
    ),
)
_SORT = replace(
    SORT,
    description=(
        "The order: columns separated by commas, a leading `-` for descending; ties go by the columns of the "
        "group. Unless said, it is the order of the groups."
    ),
    example="-total",
)
_FIELDS = replace(
    FIELDS, description="Columns separated by commas: answer these alone.", example="status,total"
)
_PROBLEMS = (*READS, "view-missing", "projection-building", "log-unavailable")
_SERVED = (LIST_ETAG, SERVED_AT, FOLD_PLAN, LINK, PREFERENCE_APPLIED)
_PAGE = {"items": [{"status": "new", "orders": 1, "total": 99.5}], "next": None}

LIST = Operation(
    name="view_page",
    method="get",
    path=ONE,
    tag="views",
    access="user",
    summary="List the rows of a view",
    description=(
        "A page of the rows asked for, in the order asked for: one row for each group of documents, with the "
        "columns of the group and the measures, all flat. Rows are exact as of the position that "
        "`Fold-Position` names. Every column is in order already, so the best rows by any measure cost what "
        "they are, however many rows there are."
    ),
    parameters=(
        COLLECTION,
        VIEW,
        _WHERE,
        _SORT,
        LIMIT,
        CURSOR,
        COUNT,
        _FIELDS,
        EXPLAIN,
        FOLD_AFTER,
        PREFER_WAIT,
        IF_NONE_MATCH,
    ),
    sample={"sort": "-total", "limit": "10"},
    answers={
        200: json_answer("A page.", "RowPage", _PAGE, *_SERVED),
        304: Answer("You have it already.", _SERVED),
    },
    problems=_PROBLEMS,
)

QUERY, QUERY_BY_POST = by_body(
    LIST,
    "Query a view",
    "The same as listing, asked for in a body with the method QUERY (RFC 10008).",
    {"where": {"total": {"gte": 10}}, "sort": ["-total"], "count": True},
)

VIEWS = Group(
    "views",
    "Group-bys that a collection declares; every write moves them, and reading one computes nothing.",
    (LIST, QUERY, QUERY_BY_POST),
)
