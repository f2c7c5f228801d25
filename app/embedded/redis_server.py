"""Redis as foldbase runs it: a socket in a private folder, no TCP port, its snapshot in one folder."""

from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import ClassVar
from urllib.parse import quote

from app.embedded.binaries import REDIS_SERVER
from app.embedded.child import environment_of_a_server, spawn
from app.embedded.sockets import socket_for


@dataclass(frozen=True, slots=True)
class RedisServer:
    """A Redis to be. Started again from the same description it comes back with its snapshot and URL."""

    name: ClassVar[str] = "redis-server"
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
        return cls(program, folder, socket_for(folder, "redis.sock"))

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}"

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

    def launch(self) -> Popen[bytes]:
        return spawn(self.argv, env=environment_of_a_server(), output=self.log)

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
