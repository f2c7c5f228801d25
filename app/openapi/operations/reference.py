"""Operations that tell about the interface itself."""

from app.openapi.description import JSON, TEXT_HTML, Answer, Content, Group, Operation
from app.openapi.fields import IF_NONE_MATCH, PAGE_ETAG, PROBLEM_NAME
from app.openapi.problems import told

OPENAPI = Operation(
    name="page_openapi",
    method="get",
    path="/openapi.json",
    tag="reference",
    access="public",
    summary="The interface as OpenAPI 3.1",
    description=(
        "This document. It describes what is there, and nothing else. Asked for with a token, it has the "
        "operations on every collection besides, at their own addresses and with the types declared."
    ),
    parameters=(IF_NONE_MATCH,),
    answers={
        200: Answer("The document.", (PAGE_ETAG,), {JSON: Content({"type": "object"})}),
        304: Answer("You have it already.", (PAGE_ETAG,)),
    },
    problems=("parameter-unknown", "token-invalid", "log-unavailable"),
)

DOCS = Operation(
    name="page_docs",
    method="get",
    path="/docs",
    tag="reference",
    access="public",
    summary="The interface as a page to read",
    description="One page, complete in itself.",
    parameters=(IF_NONE_MATCH,),
    answers={
        200: Answer("The page.", (PAGE_ETAG,), {TEXT_HTML: Content({"type": "string"})}),
        304: Answer("You have it already.", (PAGE_ETAG,)),
    },
    problems=("parameter-unknown",),
)

PROBLEM = Operation(
    name="page_problem",
    method="get",
    path="/problems/{name}",
    tag="reference",
    access="public",
    summary="A kind of problem, explained",
    description=(
        "What the problem means and what to do about it. Every problem's `type` is the address of its "
        "explanation: a page for browsers, JSON for everybody else."
    ),
    parameters=(PROBLEM_NAME, IF_NONE_MATCH),
    answers={
        200: Answer(
            "The explanation.",
            (PAGE_ETAG,),
            {
                JSON: Content("ProblemType", told("version-conflict")),
                TEXT_HTML: Content({"type": "string"}),
            },
        ),
        304: Answer("You have it already.", (PAGE_ETAG,)),
    },
    problems=("parameter-unknown", "route-missing"),
)

REFERENCE = Group("reference", "What is told about the interface itself.", (OPENAPI, DOCS, PROBLEM))
