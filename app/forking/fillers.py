"""The fork server of a projector: it starts processes that share a rebuild. They are in app/filling.py."""

import socket
from contextlib import AbstractContextManager
from functools import partial

from app.forking.server import ForkServer, fork_server
from app.settings import Settings

TITLE = "foldbase projector: filler"


def forking_fillers(settings: Settings) -> AbstractContextManager[ForkServer]:
    """What starts such processes for the deployment of `settings`; see `fork_server`."""
    return fork_server(partial(_fill, settings), TITLE)


def _fill(settings: Settings, talking: socket.socket) -> None:
    from app.filling import run_filler  # a projector has imported it; a command that asks for a rebuild has not

    run_filler(settings, talking)
