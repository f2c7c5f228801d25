"""The page that explains one kind of problem."""

from typing import Any

from app.openapi.page.code import json_block
from app.openapi.page.frame import Page, page
from app.openapi.page.markup import element, prose
from app.openapi.page.signs import status_sign


def problem_page(told: dict[str, Any]) -> Page:
    """told: what `GET /problems/{name}` tells programs."""
    main = element(
        "main",
        element("p", element("a", "foldbase", href="/docs"), " / problems", class_="trail"),
        element("h1", told["title"]),
        element("p", status_sign(str(told["status"])), " ", element("code", told["type"]), class_="route"),
        element("h2", "What it means"),
        prose(told["meaning"]),
        element("h2", "What to do"),
        prose(told["remedy"]),
        element("h2", "How it looks"),
        json_block(told["example"]),
        element("p", element("a", "All problems", href="/docs#problems")),
        class_="single",
    )
    return page(f"{told['title']}: foldbase", main)
