"""The fork server of a projector: it starts processes that share a rebuild. They are in app/filling.py."""

from contextlib import AbstractContextManager
from functools import partial

from app.forking.server import ForkServer, Program, fork_server
from app.settings import Settings

TITLE = "foldbase projector: filler"


def forking_fillers(settings: Settings) -> AbstractContextManager[ForkServer]:
    """What starts such processes for the deployment of `settings`; see `fork_server`."""
    return fork_server(partial(_filler, settings), "foldbase projector: fork server", TITLE)


def _filler(settings: Settings) -> Program:
    from app.filling import run_filler  # a projector has imported it; a command that asks for a rebuild has not

    return partial(run_filler, settings)
