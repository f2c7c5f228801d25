"""Starts a baseline: one Sanic worker in one process, on loopback, without an access log, on uvloop."""

import argparse
from typing import Any

from sanic import Sanic

App = Sanic[Any, Any]


def arguments(*names: str) -> argparse.Namespace:
    """Read `--port` and the other options named, all of them required."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    for name in names:
        parser.add_argument(f"--{name}", required=True)
    return parser.parse_args()


def serve(app: App, port: int) -> None:
    """Serve `app` until SIGTERM or SIGINT."""
    app.config.KEEP_ALIVE_TIMEOUT = 120
    app.run("127.0.0.1", port, single_process=True, access_log=False, motd=False, debug=False)
