"""The frame of every page: one file, nothing fetched, nothing run but our own few lines."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple

from app.openapi.page.markup import Markup, element, join


class Page(NamedTuple):
    """A page as it is sent. policy: its Content-Security-Policy."""

    body: bytes
    policy: str


def page(title: str, *content: Markup) -> Page:
    """`content` as a page of its own."""
    style, script = _part("style.css"), _part("script.js")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", style),
    )
    body = element("body", *content, element("script", script))
    html = join((Markup("<!doctype html>"), element("html", head, body, lang="en")))
    return Page(html.encode(), _policy(style, script))


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src 'sha256-{_digest(style)}'; script-src 'sha256-{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


@cache
def _part(name: str) -> Markup:
    return Markup(files(__package__).joinpath(name).read_text("utf-8"))
