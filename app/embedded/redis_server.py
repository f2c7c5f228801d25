"""Redis as foldbase runs it: a socket in a private folder, no TCP port, its snapshot in one folder."""

import hashlib
import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from app.embedded.binaries import REDIS_SERVER
from app.embedded.child import environment_of_a_server
from app.embedded.errors import ServerUnavailable

LONGEST_SOCKET_PATH = 100


@dataclass(frozen=True, slots=True)
class RedisServer:
    """A Redis to be. Started again from the same description it comes back with its snapshot and URL."""

    name: ClassVar[str] = "redis-server"
    fds: ClassVar[tuple[int, ...]] = ()
    program: Path
    folder: Path
    socket: Path

    @classmethod
    def prepare(cls, folder: Path) -> "RedisServer":
        """Describe a Redis with its snapshot in `folder`, which is made and kept private (0700).

        Raises: ServerUnavailable, when there is no redis-server or no private place for its socket;
                OSError, when the folder can not be made.
        """
        program = REDIS_SERVER.find()
        folder = folder.absolute()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        return cls(program, folder, _socket_for(folder))

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}"

    @property
    def environment(self) -> Mapping[str, str]:
        return environment_of_a_server()

    @property
    def log(self) -> Path:
        return self.folder / "redis.log"

    @property
    def argv(self) -> list[str]:
        return [
            *(str(self.program), "--port", "0", "--protected-mode", "yes"),
            *("--unixsocket", str(self.socket), "--unixsocketperm", "600"),
            *("--dir", str(self.folder), "--dbfilename", "dump.rdb"),
            *("--save", "60 1000", "--appendonly", "no", "--stop-writes-on-bgsave-error", "no"),
            *("--maxmemory-policy", "noeviction", "--daemonize", "no", "--set-proc-title", "no"),
        ]

    def is_ready(self, pid: int) -> bool:
        """Whether process `pid` answers on the socket now; false while it is still loading its snapshot."""
        if not self.socket.exists():
            return False
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.exceptions import RedisError
        from redis.retry import Retry

        with Redis.from_url(self.url, socket_timeout=2, retry=Retry(NoBackoff(), 0)) as client:
            try:
                server = client.info("server")
            except RedisError:
                return False
        return isinstance(server, dict) and server["process_id"] == pid


def _socket_for(folder: Path) -> Path:
    """A socket path short enough for the kernel, inside a folder that only we may enter."""
    beside = folder / "redis.sock"
    if len(os.fsencode(beside)) <= LONGEST_SOCKET_PATH:
        return beside
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return _private(Path(tempfile.gettempdir()) / f"foldbase-{os.getuid()}-{digest}") / "redis.sock"


def _private(folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise ServerUnavailable(
            server="redis-server",
            reason=f"{folder} is not a private folder of this user",
            advice="remove it, or choose a shorter --data path",
        )
    return folder
