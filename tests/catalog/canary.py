"""A listener on loopback that remembers whether anybody ever came."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


class Canary:
    """Bound to a free port; nobody is expected."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/schema.json"

    def was_visited(self) -> bool:
        """Whether a connection waits in the backlog."""
        try:
            self._listener.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@contextmanager
def listening() -> Iterator[Canary]:
    """A canary for this block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield Canary(listener)
