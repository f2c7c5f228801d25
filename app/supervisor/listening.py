"""The API's listening sockets: one for every worker slot, held for as long as the supervisor lives.

A worker that dies leaves its socket, and the connections that wait in it, to its successor.
"""

import errno
import socket

from app.supervisor.errors import AddressUnusable, PortTaken

BACKLOG = 1024


def listen(host: str, port: int, slots: int) -> list[socket.socket]:
    """Listen on `host` and `port` with one socket per slot; the kernel spreads connections over them.

    Raises: PortTaken; AddressUnusable. Then no socket is left open.
    """
    family, address = _resolve(host, port)
    sockets: list[socket.socket] = []
    try:
        _bound(family, address, shared=False).close()
        for _ in range(slots):
            sockets.append(_bound(family, address, shared=True))
        for each in sockets:
            each.listen(BACKLOG)
    except OSError as error:
        for each in sockets:
            each.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(host, port) from None
        raise AddressUnusable(host, port, error.strerror or str(error)) from error
    return sockets


def address_of(host: str, port: int) -> str:
    """The URL at which a program on this machine reaches an API that listens on `host` and `port`."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, tuple[object, ...]]:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise AddressUnusable(host, port, getattr(error, "strerror", None) or str(error)) from error
    return family, address


def _bound(family: socket.AddressFamily, address: tuple[object, ...], *, shared: bool) -> socket.socket:
    """A socket bound to `address`. One that is not shared fails while anybody else listens there."""
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound
