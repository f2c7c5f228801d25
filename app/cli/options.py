"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Any

import typer

Data = Annotated[
    Path | None,
    typer.Option(help="Data folder of a `foldbase up`. Without it: the environment, else .foldbase."),
]
Host = Annotated[str | None, typer.Option(help="Address the API listens on.", show_default="127.0.0.1")]
Port = Annotated[
    int | None, typer.Option(help="Port the API listens on.", min=1, max=65535, show_default="8000")
]


def given(**options: Any) -> dict[str, Any]:
    """The options that were given; settings from the environment hold for the others."""
    return {name: value for name, value in options.items() if value is not None}
