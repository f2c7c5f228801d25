"""The two processes of a deployment: an API worker and a projector. Both end cleanly on SIGTERM and SIGINT."""

import asyncio
import signal
import socket

import uvloop

from app.composition import projector
from app.logs import configure_logs
from app.memory import tune_memory
from app.server import serve
from app.settings import Settings
from events.background import Background


def run_api(settings: Settings, sock: socket.socket | None = None) -> None:
    """Serve HTTP until a signal ends it. `sock`: a socket that listens already; else host and port."""
    configure_logs(settings.log_level)
    tune_memory()
    uvloop.run(serve(settings, sock or listen(settings.host, settings.port)))


def run_projector(settings: Settings) -> None:
    """Keep projections up to date until a signal ends it."""
    configure_logs(settings.log_level)
    tune_memory()
    uvloop.run(_project(settings))


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that other workers of this machine may share."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind((host, port))
    sock.listen(1024)
    return sock


def on_signal() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


async def _project(settings: Settings) -> None:
    async with projector(settings) as running, Background() as background:
        stopped = on_signal()
        background.start(running.run(), "projector")
        background.start(stopped.wait(), "signal")
        await background.first()
