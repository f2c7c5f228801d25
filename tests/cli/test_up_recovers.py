"""Whatever of `foldbase up` is killed: it comes back, by itself or with the next `up`, with every write."""

import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pytest

from tests.deployments import TRUSTING_NOBODY, Up, alive, foldbase, until, up
from tests.servers import temporary_folder


@pytest.fixture(scope="module")
def running() -> Iterator[Up]:
    """A deployment whose processes are killed one after another; every test finds it whole again."""
    with temporary_folder() as folder, up(folder, "--workers", "2") as started:
        yield started


def write(client: httpx.Client, id: str) -> None:
    client.put(f"/v1/documents/notes/{id}", json={"n": id}).raise_for_status()


def reads(client: httpx.Client, id: str) -> bool:
    """Whether the document is read, now, without an error."""
    try:
        return client.get(f"/v1/documents/notes/{id}").status_code == 200
    except httpx.TransportError:
        return False


def writes(client: httpx.Client, id: str) -> bool:
    """Whether the document is written, now, without an error."""
    try:
        return client.put(f"/v1/documents/notes/{id}", json={}).is_success
    except httpx.TransportError:
        return False


def replaced(running: Up, kind: str, killed: int) -> bool:
    """Whether another process stands in for the killed one."""
    pids = running.pids.get(kind, [])
    return killed not in pids and len(pids) == (2 if kind == "api" else 1)


@pytest.mark.parametrize("kind", ["api", "projector", "redis-server", "mongod"])
def test_a_killed_process_is_started_again_and_every_write_is_still_there(running: Up, kind: str) -> None:
    with running.client() as client:
        write(client, f"before-{kind}")
        killed = running.pids[kind][0]
        os.kill(killed, signal.SIGKILL)
        until(lambda: replaced(running, kind, killed))
        until(lambda: writes(client, f"after-{kind}"))
        until(lambda: reads(client, f"before-{kind}") and reads(client, f"after-{kind}"))
    assert len(running.pids["api"]) == 2
    assert all(alive(pid) for pid in running.every_pid)


def test_reads_say_what_is_going_on_while_a_killed_projector_is_replaced(running: Up) -> None:
    with running.client() as client:
        write(client, "before")
        until(lambda: reads(client, "before"))
        [killed] = running.pids["projector"]
        os.kill(killed, signal.SIGKILL)
        written = client.put("/v1/documents/notes/after", json={})
        fresh = {"Fold-After": written.headers["fold-position"]}
        behind = client.get("/v1/documents/notes/after", headers={**fresh, "Prefer": "wait=1"})
        assert (behind.status_code, behind.headers["retry-after"]) == (503, "1")
        assert behind.json()["type"] == "/problems/projection-behind"
        assert re.search(r"their projector was last heard of [12]\.\d s ago", behind.json()["detail"])
        plain = client.get("/v1/documents/notes/before")
        assert (plain.status_code, plain.json()["n"]) == (200, "before")
        assert int(plain.headers["fold-position"]) < int(fresh["Fold-After"])
        patient = {**fresh, "Prefer": "wait=20"}
        assert client.get("/v1/documents/notes/after", headers=patient).status_code == 200
        assert killed not in running.pids["projector"]


def test_no_connection_is_refused_while_a_worker_is_killed_and_replaced(running: Up) -> None:
    """A request that a worker was killed over is lost; one that comes afterwards waits for the successor."""
    killed = running.pids["api"][0]
    done = Event()

    def ask_until_done() -> list[str]:
        refused = []
        while not done.is_set():
            try:
                httpx.get(f"{running.run['api']}/health/live", timeout=20, verify=TRUSTING_NOBODY)
            except httpx.ConnectError as error:
                refused.append(str(error))
            except httpx.TransportError:
                pass
        return refused

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(ask_until_done)
        os.kill(killed, signal.SIGKILL)
        until(lambda: replaced(running, "api", killed))
        done.set()
        assert asking.result(30) == []


def test_what_a_killed_supervisor_leaves_is_ended_by_the_next_up(tmp_path: Path) -> None:
    with up(tmp_path) as first:
        with first.client() as client:
            write(client, "kept")
        left = first.pids
        [hanging] = left["projector"]
        os.kill(hanging, signal.SIGSTOP)
        first.stop(signal.SIGKILL)
    assert "nothing runs" in foldbase("status", "--data", str(tmp_path)).stderr
    until(lambda: not any(alive(pid) for kind in ("api", "redis-server", "mongod") for pid in left[kind]))
    assert alive(hanging)
    with up(tmp_path) as second, second.client() as client:
        assert not alive(hanging)
        until(lambda: reads(client, "kept"))


def test_the_next_up_goes_on_when_every_process_was_killed(tmp_path: Path) -> None:
    with up(tmp_path) as first:
        with first.client() as client:
            write(client, "kept")
        for pid in first.every_pid:
            os.kill(pid, signal.SIGKILL)
        first.process.wait()
    with up(tmp_path) as second, second.client() as client:
        until(lambda: reads(client, "kept"))
        write(client, "new")
