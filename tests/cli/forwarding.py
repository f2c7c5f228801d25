"""A way to a server that breaks: it forwards connections, and cuts those that it is told to."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PIECE = 4096


class Forwarder:
    """Forwards what comes to its port. `cuts`: after how many bytes of the next connections it cuts them."""

    def __init__(self, port: int, cuts: list[int], tls: ssl.SSLContext | None) -> None:
        self._to = port
        self._cuts = cuts
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self.connections += 1
                most = self._cuts.pop(0) if self._cuts else None
                threading.Thread(target=self._serve, args=(client, most), daemon=True).start()

    def _serve(self, client: socket.socket, most: int | None) -> None:
        with suppress(OSError):
            if self._tls is not None:
                client = self._tls.wrap_socket(client, server_side=True)
            with client, socket.create_connection(("127.0.0.1", self._to)) as server:
                threading.Thread(target=_pump, args=(server, client, None), daemon=True).start()
                _pump(client, server, most)


def _pump(source: socket.socket, target: socket.socket, most: int | None) -> None:
    with suppress(OSError):
        passed = 0
        while (most is None or passed < most) and (data := source.recv(PIECE)):
            target.sendall(data)
            passed += len(data)
        if most is not None:
            source.shutdown(socket.SHUT_RDWR)
        target.shutdown(socket.SHUT_WR if most is None else socket.SHUT_RDWR)


@contextmanager
def forwarding(port: int, *cuts: int, tls: ssl.SSLContext | None = None) -> Iterator[Forwarder]:
    """Forward to `port` of this machine; the first connections are cut."""
    forwarder = Forwarder(port, list(cuts), tls)
    try:
        yield forwarder
    finally:
        forwarder.close()


def self_signed(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A context to serve TLS with as 127.0.0.1, and the certificate that nobody but its owner vouches for."""
    from datetime import UTC, datetime, timedelta
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, secret)
    return context, certificate
