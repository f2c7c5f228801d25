"""Load by wrk: one thread and 64 connections (or one) that are kept alive, the same for every side."""

import asyncio
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import LoadFailed, ToolMissing

SCRIPTS = Path(__file__).parent / "wrk"
CONNECTIONS = 64
WARM_UP = 0.2

_SUMMARY = re.compile(r"(?P<requests>\d+) requests in (?P<time>[\d.]+)(?P<unit>us|ms|s|m),")
_RATE = re.compile(r"Requests/sec:\s+(?P<rate>[\d.]+)")
_STATUS = re.compile(r"Non-2xx or 3xx responses: (?P<count>\d+)")
_SOCKET = re.compile(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk counted: finished requests, how many of them failed, and finished requests per second."""

    requests: int
    failed: int
    rate: float


def parse(output: str) -> Load:
    """Read wrk's report.

    Raises: LoadFailed when the text is not one.
    """
    summary, rate = _SUMMARY.search(output), _RATE.search(output)
    if summary is None or rate is None:
        raise LoadFailed(f"wrk reported no rate: {output.strip() or 'nothing at all'}")
    status, sockets = _STATUS.search(output), _SOCKET.search(output)
    failed = int(status["count"]) if status else 0
    failed += sum(int(count) for count in sockets.groups()) if sockets else 0
    return Load(int(summary["requests"]), failed, float(rate["rate"]))


async def rate(
    url: str, script: str, environment: Mapping[str, str], seconds: float, connections: int = CONNECTIONS
) -> float:
    """Warm the server up, then load it for `seconds` and return its requests per second.

    script:      name of a file in `benchmarks/wrk/`; `environment` holds what it reads.
    Raises:      LoadFailed when a single request was not answered with success.
    """
    warm_up, measured = max(1, round(seconds * WARM_UP)), max(1, round(seconds))
    await _run(url, script, {**environment, "BENCH_SEED": "warm-up"}, warm_up, connections)
    return (await _run(url, script, {**environment, "BENCH_SEED": "measure"}, measured, connections)).rate


async def _run(url: str, script: str, environment: Mapping[str, str], seconds: int, connections: int) -> Load:
    shape = ("-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s")
    process = await asyncio.create_subprocess_exec(
        *(wrk(), *shape, "-s", str(SCRIPTS / script), url),
        env=dict(environment),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    load = parse(output.decode())
    if load.failed or not load.requests:
        raise LoadFailed(f"{load.failed} of {load.requests} requests of {script} to {url} failed.")
    return load


def wrk() -> str:
    """Return the path of wrk.

    Raises: ToolMissing with the line that installs it.
    """
    if (path := shutil.which("wrk")) is None:
        raise ToolMissing("wrk is missing; the benchmarks load servers with it: sudo apt-get install wrk")
    return path
