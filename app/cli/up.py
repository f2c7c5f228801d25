"""`foldbase up`: everything on this machine."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import Host, Port, given
from app.starting import plainly


def up(
    host: Host = None,
    port: Port = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder for data, logs and the key.", show_default=".foldbase")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="API processes.", min=1, max=64, show_default="1")] = None,
) -> None:
    """Run everything on this machine.

    That is the API, the projector and, where FOLDBASE_MONGO_URL and FOLDBASE_REDIS_URL are not set,
    a MongoDB and a Redis of its own. Ctrl-C stops it; the data stays.
    """
    with plainly():
        from app.settings import Settings
        from app.supervisor.up import up as run_all

    run_all(Settings.load(**given(host=host, port=port, data=data, workers=workers)), _say)


def _say(line: str) -> None:
    """Print, also when the terminal is gone: the servers matter more than what is told of them."""
    with suppress(OSError):
        typer.echo(line)
