"""Options with a few values: what is none of them is refused in one sentence that names them."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

import typer

E = TypeVar("E", bound=StrEnum)


def choice(kind: type[E], help: str) -> Any:
    """A `typer.Option` whose value is one of `kind`."""
    return typer.Option(parser=_one_of(kind), metavar=f"<{'|'.join(kind)}>", help=help)


def _one_of(kind: type[E]) -> Callable[[str], E]:
    def read(text: str) -> E:
        if text not in list(kind):
            raise typer.BadParameter(f"{text!r} is none of {', '.join(kind)}")
        return kind(text)

    return read
