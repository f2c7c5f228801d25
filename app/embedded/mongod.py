"""mongod as foldbase runs it: a replica set of one, on loopback, its data in one folder."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any, ClassVar

from app.embedded.binaries import MONGOD
from app.embedded.child import environment_of_a_server, spawn

REPLICA_SET = "foldbase"
CACHE_GB = 1
OPLOG_MB = 256
_NOT_YET_INITIALIZED = 94


@dataclass(frozen=True, slots=True)
class Mongod:
    """A mongod to be. Started again from the same description it comes back with the same data and URL."""

    name: ClassVar[str] = "mongod"
    program: Path
    folder: Path
    port: int

    @classmethod
    def prepare(cls, folder: Path) -> "Mongod":
        """Describe a mongod with its data in `folder`, which is made (0700), on a free loopback port.

        Raises: ServerUnavailable, when there is no mongod; OSError, when the folder can not be made.
        """
        program = MONGOD.find()
        folder = folder.absolute()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(program, folder, _free_port())

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"mongodb://{self.address}/?replicaSet={REPLICA_SET}"

    @property
    def log(self) -> Path:
        return self.folder / "mongod.log"

    @property
    def argv(self) -> list[str]:
        return [
            *(str(self.program), "--dbpath", str(self.folder)),
            *("--bind_ip", "127.0.0.1", "--port", str(self.port), "--nounixsocket"),
            *("--replSet", REPLICA_SET, "--oplogSize", str(OPLOG_MB)),
            *("--noscripting", "--networkMessageCompressors", "disabled", "--quiet"),
            *("--wiredTigerCacheSizeGB", str(CACHE_GB)),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0"),
        ]

    def launch(self) -> Popen[bytes]:
        return spawn(self.argv, env=environment_of_a_server(), output=self.log)

    def is_ready(self, pid: int) -> bool:
        """Whether process `pid`, and no other server on its port, takes writes now.

        Makes it a replica set of one at this address where it is none yet.
        """
        if not _listens(self.port):
            return False
        from pymongo import MongoClient
        from pymongo.errors import PyMongoError

        client: MongoClient[dict[str, Any]] = MongoClient(
            "127.0.0.1", self.port, directConnection=True, timeoutMS=2000
        )
        with client:
            try:
                if client.admin.command("serverStatus")["pid"] != pid:
                    return False
                if client.admin.command("hello")["isWritablePrimary"]:
                    return True
                self._become_replica_set(client)
            except PyMongoError:
                return False
        return False

    def _become_replica_set(self, client: Any) -> None:
        """Make the set, or, when the data comes from another port, move its one member to this address."""
        from pymongo.errors import OperationFailure

        try:
            config = client.admin.command("replSetGetConfig")["config"]
        except OperationFailure as failure:
            if failure.code != _NOT_YET_INITIALIZED:
                raise
            client.admin.command("replSetInitiate", _one_member(self.address, version=1))
            return
        if config["members"][0]["host"] != self.address:
            moved = {**config, **_one_member(self.address, version=config["version"] + 1)}
            client.admin.command("replSetReconfig", moved, force=True)


def _one_member(address: str, *, version: int) -> Mapping[str, Any]:
    return {"_id": REPLICA_SET, "version": version, "members": [{"_id": 0, "host": address}]}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
