"""Writing HTML: elements whose text is escaped unless it is markup already."""

import re
from collections.abc import Iterable
from html import escape

_CODE = re.compile(r"`([^`]+)`")


class Markup(str):
    """HTML that needs no escaping any more."""

    __slots__ = ()


Child = str | None | Iterable["Child"]

_VOID = frozenset({"meta", "br", "hr"})


def element(tag: str, /, *children: Child, **attributes: str | bool | None) -> Markup:
    """An element. `class_` is class, and `_` is `-`; True stands alone, False and None are left out."""
    opening = "".join(_attribute(key, value) for key, value in attributes.items())
    if tag in _VOID:
        return Markup(f"<{tag}{opening}>")
    return Markup(f"<{tag}{opening}>{join(children)}</{tag}>")


def join(children: Iterable[Child]) -> Markup:
    """Children one after the other."""
    return Markup("".join(map(_written, children)))


def prose(text: str) -> Markup:
    """Text with `code` in backticks, its paragraphs separated by empty lines."""
    return join(element("p", inline(paragraph)) for paragraph in text.split("\n\n"))


def inline(text: str) -> Markup:
    """One line of text with `code` in backticks."""
    pieces = _CODE.split(text)
    return join(element("code", piece) if place % 2 else piece for place, piece in enumerate(pieces))


def _written(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return escape(child, quote=False)
    return join(child)


def _attribute(key: str, value: str | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
