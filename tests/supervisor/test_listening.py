"""The API's sockets: one per worker, on a port that nobody else has."""

import socket

import pytest

from app.supervisor.errors import AddressUnusable, PortTaken
from app.supervisor.listening import address_of, listen
from tests.deployments import free_port


def test_every_worker_gets_a_socket_of_its_own_on_the_one_port() -> None:
    port = free_port()
    sockets = listen("127.0.0.1", port, 3)
    try:
        assert [each.getsockname() for each in sockets] == [("127.0.0.1", port)] * 3
    finally:
        for each in sockets:
            each.close()


def test_a_connection_waits_for_a_worker_and_is_not_refused() -> None:
    port = free_port()
    [sock] = listen("127.0.0.1", port, 1)
    with sock, socket.create_connection(("127.0.0.1", port)) as early:
        early.sendall(b"hello")
        served, _ = sock.accept()
        with served:
            assert served.recv(5) == b"hello"


@pytest.mark.parametrize("shared", [True, False])
def test_a_port_where_somebody_listens_is_refused_even_when_it_could_be_shared(shared: bool) -> None:
    with socket.socket() as other:
        if shared:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortTaken, match="choose another --port"):
            listen("127.0.0.1", other.getsockname()[1], 1)


@pytest.mark.parametrize("host", ["no such host", "203.0.113.7", "a" * 70])
def test_an_address_that_is_not_ours_is_refused_with_what_to_do(host: str) -> None:
    with pytest.raises(AddressUnusable, match="choose another --host or --port"):
        listen(host, free_port(), 1)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("localhost", "http://localhost:80"),
    ],
)
def test_an_address_is_one_that_can_be_reached_from_this_machine(host: str, address: str) -> None:
    assert address_of(host, 80) == address
