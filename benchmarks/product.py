"""The product under test: `foldbase up` as a user starts it, and its other commands beside it."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx

from benchmarks.errors import StartFailed, ToolMissing
from benchmarks.processes import START_WITHIN, free_port, last_words, running, until_listening
from benchmarks.waiting import until


@dataclass(frozen=True, slots=True)
class Product:
    """A running deployment: its folder, the URLs of its servers, and an administrator's token."""

    data: Path
    api: str
    mongo: str
    redis: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """The header that every request under /v1 needs."""
        return {"Authorization": f"Bearer {self.token}"}

    def client(self) -> httpx.AsyncClient:
        """Return an HTTP client for the API, with the token in place."""
        return httpx.AsyncClient(base_url=self.api, headers=self.headers, timeout=60)


@asynccontextmanager
async def up(data: Path, *, workers: int = 1) -> AsyncIterator[Product]:
    """Run `foldbase up` on `data` with its own MongoDB and Redis; yield it once it is ready to serve.

    Raises: StartFailed with the last line it printed.
    """
    port, log = free_port(), data.with_name(f"{data.name}.log")
    options = ("--data", str(data), "--port", str(port), "--workers", str(workers))
    async with running(log, foldbase(), "up", *options, environment=environment()) as process:
        await until_listening(process, port, log)
        await _until_ready(f"http://127.0.0.1:{port}", log)
        servers: Mapping[str, Any] = json.loads((data / "run.json").read_text())
        token = await _token(data)
        yield Product(data, f"http://127.0.0.1:{port}", servers["mongo"], servers["redis"], token)


async def command(product: Product, *arguments: str, over_http: bool = False) -> float:
    """Run a `foldbase` command against the deployment; return how many seconds it took, start to end.

    over_http: it is told where the API is, and not where the servers are.
    Raises:    StartFailed with its last words when it did not end with 0.
    """
    elsewhere, here = ("--url", product.api, "--token", product.token), ("--data", str(product.data))
    log = product.data.with_name(f"{product.data.name}-{arguments[0]}.log")
    started = perf_counter()
    call = (foldbase(), *arguments, *(elsewhere if over_http else here))
    async with running(log, *call, environment=environment()) as process:
        if await process.wait():
            raise StartFailed(f"`foldbase {' '.join(arguments)}` failed: {last_words(log)}")
    return perf_counter() - started


def foldbase() -> str:
    """Return the path of the installed command.

    Raises: ToolMissing when this Python has none.
    """
    beside = Path(sys.executable).with_name("foldbase")
    if (path := str(beside) if beside.exists() else shutil.which("foldbase")) is None:
        raise ToolMissing("The command foldbase is not installed for this Python: make install")
    return path


def environment() -> dict[str, str]:
    """Return this process' environment without settings, so that no other deployment is meant."""
    return {name: value for name, value in os.environ.items() if not name.startswith("FOLDBASE_")}


async def _token(data: Path) -> str:
    process = await asyncio.create_subprocess_exec(
        *(foldbase(), "token", "--data", str(data), "--role", "admin", "--ttl", "6h"),
        stdout=asyncio.subprocess.PIPE,
        env=environment(),
    )
    output, _ = await process.communicate()
    return output.decode().strip()


async def _until_ready(api: str, log: Path) -> None:
    async with httpx.AsyncClient(base_url=api) as client:

        async def ready() -> bool:
            try:
                return (await client.get("/health/ready")).is_success
            except httpx.TransportError:
                return False

        if not await until(ready, START_WITHIN):
            raise StartFailed(f"foldbase up did not get ready; its last words: {last_words(log)}")
