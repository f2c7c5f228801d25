"""Connections to Redis that write commands with hiredis, as redis-py's own blocking connections do."""

from typing import Any

from hiredis import pack_command
from redis.asyncio.connection import AbstractConnection

Argument = bytes | str | int | float


class _Packing:
    """Puts a command's arguments into the form of Redis's protocol: in C, and one after the other."""

    def pack_command(self, *args: Argument) -> list[bytes]:
        name, *rest = args
        words = name.split() if isinstance(name, str | bytes) else [name]
        return [pack_command((*words, *rest))]


def packing(kind: type[AbstractConnection]) -> type[Any]:
    """A connection of the kind (plain, TLS or a Unix socket's) that packs with hiredis.

    Does not promise to take what redis-py's own takes besides bytes, str, int and float.
    """
    return type(f"Packing{kind.__name__}", (_Packing, kind), {})
