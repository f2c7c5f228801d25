"""Code to read and to copy: JSON in quiet colours, and shell."""

import re
from typing import Any

from app.openapi.page.markup import Child, Markup, element, join
from app.openapi.pretty import pretty

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")(?=:)|(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<number>-?\d[\d.eE+-]*)|(?P<word>true|false|null)"
)


def json_block(value: Any) -> Markup:
    """A JSON value, written over several lines where it is long; a text of lines as it is."""
    text = value if isinstance(value, str) else pretty(value)
    return element("pre", element("code", _coloured(text)), tabindex="0")


def shell_block(*source: Child) -> Markup:
    """Shell commands with a button to copy them; the button is there where scripts run."""
    copy = element("button", "Copy", type="button", class_="copy", hidden=True)
    return element("div", element("pre", element("code", *source), tabindex="0"), copy, class_="shell")


def _coloured(text: str) -> Markup:
    pieces: list[str] = []
    end = 0
    for token in _TOKEN.finditer(text):
        pieces += (text[end : token.start()], element("span", token.group(), class_=f"j-{token.lastgroup}"))
        end = token.end()
    return join((*pieces, text[end:]))
