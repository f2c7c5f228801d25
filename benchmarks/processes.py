"""Processes of a benchmark: started, waited for until they answer, and ended with it."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.errors import StartFailed
from benchmarks.waiting import until

START_WITHIN = 30.0
STOP_WITHIN = 30.0


def free_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def running(
    log: Path, *command: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `command`, its output going to the file `log`; end it by SIGTERM, or by SIGKILL after 30 s."""
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output, env=environment
        )
    try:
        yield process
    finally:
        await _end(process)


@asynccontextmanager
async def baseline(name: str, folder: Path, **options: str) -> AsyncIterator[str]:
    """Run `benchmarks.baselines.<name>` on a free port and yield its URL once it accepts connections."""
    port = free_port()
    arguments = [part for key, value in options.items() for part in (f"--{key}", value)]
    module = f"benchmarks.baselines.{name}"
    log = folder / f"{name}.log"
    async with running(log, sys.executable, "-m", module, "--port", str(port), *arguments) as process:
        await until_listening(process, port, log)
        yield f"http://127.0.0.1:{port}"


async def until_listening(process: asyncio.subprocess.Process, port: int, log: Path) -> None:
    """Wait until something accepts connections on `port`.

    Raises: StartFailed with the end of `log` when the process ended, or 30 s have passed.
    """

    async def ended_or_listening() -> bool:
        return process.returncode is not None or await _listening(port)

    if await until(ended_or_listening, START_WITHIN) and process.returncode is None:
        return
    raise StartFailed(f"A server did not come up; its last words, from {log}: {last_words(log)}")


def last_words(log: Path) -> str:
    """Return the last line of a log that says something."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "none"


async def _listening(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_WITHIN)
    except TimeoutError:
        process.kill()
        await process.wait()
