"""`foldbase api`: one API worker."""

import socket
from typing import Annotated

import typer

from app.cli.options import Host, Port, given
from app.starting import plainly


def api(
    host: Host = None,
    port: Port = None,
    fd: Annotated[int | None, typer.Option(hidden=True, help="A listening socket to serve.")] = None,
) -> None:
    """Serve the HTTP API.

    It serves a deployment that the FOLDBASE_ settings describe. Run any number.
    """
    with plainly():
        from app.serving import run_api
        from app.settings import Settings

    listening = None if fd is None else socket.socket(fileno=fd)
    run_api(Settings.load(**given(host=host, port=port)), listening)
