"""The process of an API worker. It ends cleanly on SIGTERM and SIGINT."""

import socket

import uvloop

from app.logs import configure_logs
from app.memory import tune_memory
from app.server import serve
from app.settings import Settings


def run_api(settings: Settings, sock: socket.socket | None = None) -> None:
    """Serve HTTP until a signal ends it. `sock`: a socket that listens already; else host and port."""
    configure_logs(settings.log_level)
    tune_memory()
    uvloop.run(serve(settings, sock or listen(settings.host, settings.port)))


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that other workers of this machine may share."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind((host, port))
    sock.listen(1024)
    return sock
