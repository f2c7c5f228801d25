"""Code to read and to copy: JSON in quiet colours, and shell."""

import re
from typing import Any

import orjson

from app.openapi.page.markup import Markup, element, join

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")(?=:)|(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<number>-?\d[\d.eE+-]*)|(?P<word>true|false|null)"
)
_NARROW = 76


def json_block(value: Any) -> Markup:
    """A JSON value, written over several lines where it is long."""
    return element("pre", element("code", _coloured(pretty(value))), tabindex="0")


def shell_block(source: str) -> Markup:
    """Shell commands with a button to copy them; the button is there where scripts run."""
    copy = element("button", "Copy", type="button", class_="copy", hidden=True)
    return element("div", element("pre", element("code", source), tabindex="0"), copy, class_="shell")


def pretty(value: Any, indent: int = 0) -> str:
    """JSON with what fits on one line on one line."""
    flat = _flat(value)
    if len(flat) + indent <= _NARROW or not value or not isinstance(value, dict | list):
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        items = [f"{pad}{_flat(name)}: {pretty(inner, indent + 2)}" for name, inner in value.items()]
        return "{\n" + ",\n".join(items) + f"\n{' ' * indent}}}"
    items = [f"{pad}{pretty(inner, indent + 2)}" for inner in value]
    return "[\n" + ",\n".join(items) + f"\n{' ' * indent}]"


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flat(name)}: {_flat(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flat, value)) + "]"
    return orjson.dumps(value).decode()


def _coloured(text: str) -> Markup:
    pieces: list[str] = []
    end = 0
    for token in _TOKEN.finditer(text):
        pieces += (text[end : token.start()], element("span", token.group(), class_=f"j-{token.lastgroup}"))
        end = token.end()
    return join((*pieces, text[end:]))
