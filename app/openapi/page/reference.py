"""The reference: an OpenAPI document as one page to read."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.openapi.description import PROBLEM
from app.openapi.page.code import shell_block
from app.openapi.page.frame import Page, page
from app.openapi.page.markup import Child, Markup, element, prose
from app.openapi.page.operation import operation_section
from app.openapi.page.schema import schema_section
from app.openapi.page.signs import problem_link, status_sign, verb

JsonObject = dict[str, Any]


def reference(document: JsonObject, address: str) -> Page:
    """The page of `document`. address: the URL that the examples begin with."""
    info = document["info"]
    main = element(
        "main",
        _introduction(info, address),
        [_group(document, tag) for tag in document["tags"]],
        _any_request(document),
        _problems(document),
        _schemas(document),
    )
    return page(f"{info['title']} {info['version']}: reference", _navigation(document), main)


def _introduction(info: JsonObject, address: str) -> Markup:
    return element(
        "header",
        element("h1", info["title"], " ", element("small", info["version"])),
        element("p", info["summary"], class_="lead"),
        prose(info["description"]),
        element("p", "The examples work in a shell that knows where the API is, and has a token:"),
        shell_block("URL=", element("span", address, id="address"), "\nTOKEN=$(foldbase token)"),
        element(
            "p",
            "The same for programs: ",
            element("a", "openapi.json", href="/openapi.json"),
            ", OpenAPI 3.1.",
        ),
        id="top",
    )


def _navigation(document: JsonObject) -> Markup:
    groups = [
        _entry(tag["name"], tag["name"].capitalize(), element("ul", _listed(document, tag["name"])))
        for tag in document["tags"]
    ]
    rest = (_entry("any-request", "Any request"), _entry("problems", "Problems"), _entry("schemas", "Schemas"))
    brand = element("a", document["info"]["title"], href="#top", class_="brand")
    return element("nav", brand, element("ul", groups, rest), aria_label="Reference")


def _entry(place: str, *children: Child) -> Markup:
    title, *below = children
    return element("li", element("a", title, href=f"#{place}"), below)


def _listed(document: JsonObject, tag: str) -> list[Markup]:
    return [
        _entry(each["operationId"], (verb(method), element("span", each["summary"])))
        for method, _, each in _operations(document, tag)
    ]


def _group(document: JsonObject, tag: JsonObject) -> Markup:
    sections = [operation_section(*each) for each in _operations(document, tag["name"])]
    return element(
        "section",
        element("h2", element("a", tag["name"].capitalize(), href=f"#{tag['name']}")),
        prose(tag["description"]),
        sections,
        id=tag["name"],
        class_="group",
    )


def _operations(document: JsonObject, tag: str) -> Iterator[tuple[str, str, JsonObject]]:
    """Method, path and operation; HEAD is told of once, for all."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if tag in operation["tags"] and method != "head":
                yield method.removeprefix("x-"), path, operation


def _any_request(document: JsonObject) -> Markup:
    responses = document["components"]["responses"].items()
    return element(
        "section",
        element("h2", element("a", "Any request", href="#any-request")),
        prose(
            "Whatever it asks for, a request may meet these. Wherever GET is answered, HEAD is too, without "
            "the body; another method at the same address is answered 405, with `Allow`."
        ),
        _problem_table(document, [name for _, response in responses for name in _named(response)]),
        id="any-request",
        class_="group",
    )


def _named(response: JsonObject) -> Iterable[str]:
    names: Iterable[str] = response["content"][PROBLEM]["examples"]
    return names


def _problems(document: JsonObject) -> Markup:
    return element(
        "section",
        element("h2", element("a", "Problems", href="#problems")),
        prose("Every kind there is. The `type` of a problem is the address of its explanation."),
        _problem_table(document, document["components"]["examples"]),
        id="problems",
        class_="group",
    )


def _problem_table(document: JsonObject, names: Iterable[str]) -> Markup:
    examples = {name: document["components"]["examples"][name] for name in names}
    rows = [
        element(
            "tr",
            element("td", status_sign(str(each["value"]["status"]))),
            element("td", problem_link(name)),
            element("td", each["summary"]),
        )
        for name, each in examples.items()
    ]
    return element("table", element("tbody", rows))


def _schemas(document: JsonObject) -> Markup:
    return element(
        "section",
        element("h2", element("a", "Schemas", href="#schemas")),
        [schema_section(name, schema) for name, schema in document["components"]["schemas"].items()],
        id="schemas",
        class_="group",
    )
