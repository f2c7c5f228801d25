"""A kept-alive HTTP/1.1 connection that costs the machine little: one POST at a time, read by length."""

import asyncio
from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit

from benchmarks.errors import LoadFailed


class Connection:
    """One connection to an API. Not a client for general use: answers must have a Content-Length."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> None:
        self._reader = reader
        self._writer = writer
        self._host = host

    @classmethod
    async def open(cls, api: str) -> Self:
        """Connect to the API at the URL `api`."""
        address = urlsplit(api)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        return cls(reader, writer, address.netloc)

    async def post(self, path: str, headers: Mapping[str, str], body: bytes) -> Mapping[str, str]:
        """Send a JSON body and return the headers of the answer, their names in lower case.

        Raises: LoadFailed when the answer is not a success.
        """
        lines = [f"POST {path} HTTP/1.1", f"Host: {self._host}", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(body)}", "", ""]
        self._writer.write("\r\n".join(lines).encode() + body)
        status, answered = parse_head(await self._reader.readuntil(b"\r\n\r\n"))
        content = await self._reader.readexactly(int(answered["content-length"]))
        if status >= 300:
            raise LoadFailed(f"POST {path} was answered {status}: {content.decode(errors='replace')}")
        return answered

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        await self._writer.wait_closed()


def parse_head(head: bytes) -> tuple[int, dict[str, str]]:
    """Split the head of an answer into its status and its headers, their names in lower case."""
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    headers = (line.partition(":") for line in lines)
    return int(first.split(" ", 2)[1]), {name.lower(): value.strip() for name, _, value in headers}
