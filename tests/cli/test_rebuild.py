"""`foldbase rebuild` and `foldbase projections`, as an operator runs them."""

import os
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.deployments import FOLDBASE, Up, foldbase, until


def on(running: Up, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command on the deployment."""
    return foldbase(*arguments, "--data", str(running.folder))


@pytest.fixture
def towns(running: Up) -> str:
    """A collection with some documents."""
    with running.client() as client:
        for number in range(30):
            assert client.put(f"/v1/documents/towns/t{number}", json={"n": number}).is_success
    return "towns"


def test_a_rebuild_that_compares_and_keeps_can_be_gone_back_from(running: Up, towns: str) -> None:
    done = on(running, "rebuild", towns, "--verify", "--keep")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^towns: \d+ commits in .* rows compared, live$", done.stdout, re.MULTILINE)
    assert "is live" in on(running, "projections", "rollback", towns).stdout
    assert on(running, "projections", "forget", towns).returncode == 0
    refused = on(running, "projections", "rollback", towns)
    assert refused.returncode == 1
    assert "no earlier generation" in refused.stderr


def test_a_rebuild_with_other_options_than_the_one_that_runs_is_refused_and_one_without_follows(
    running: Up, towns: str
) -> None:
    slow = ("rebuild", towns, "--max-rate", "15", "--data", str(running.folder))
    with subprocess.Popen([FOLDBASE, *slow], stdout=subprocess.DEVNULL) as first:
        until(lambda: _is_running(running, towns))
        with running.client() as client:
            assert client.post(f"/v1/projections/{towns}/pause").is_success
        assert on(running, "projections", "pause", towns).returncode == 0
        refused = on(running, "rebuild", towns, "--max-rate", "30", "--keep")
        assert refused.returncode == 1
        assert "max_rate, keep" in refused.stderr
        assert on(running, "projections", "resume", towns).returncode == 0
        followed = on(running, "rebuild", towns)
        assert followed.returncode == 0
        assert first.wait(60) == 0


def test_a_rebuild_that_is_cancelled_ends_with_one_and_says_so(running: Up, towns: str) -> None:
    slow = ("rebuild", towns, "--max-rate", "2", "--data", str(running.folder))
    with subprocess.Popen([FOLDBASE, *slow], stderr=subprocess.PIPE, text=True) as first:
        until(lambda: _is_running(running, towns))
        assert on(running, "projections", "cancel", towns).returncode == 0
        _, said = first.communicate(timeout=60)
        assert first.returncode == 1
        assert "was cancelled; the old generation is still live" in said


def test_processes_share_a_rebuild(running: Up, towns: str) -> None:
    done = on(running, "rebuild", towns, "--workers", "2", "--verify")
    assert done.returncode == 0, done.stderr


def test_a_command_that_rebuilds_by_itself_says_that_its_fork_server_is_gone_and_the_next_goes_on(
    running: Up, towns: str
) -> None:
    [projector] = running.pids["projector"]
    os.kill(projector, signal.SIGSTOP)
    try:
        slow = ("rebuild", towns, "--max-rate", "30", "--workers", "2", "--data", str(running.folder))
        with subprocess.Popen([FOLDBASE, *slow], stderr=subprocess.PIPE, text=True) as first:
            until(lambda: _has_done_something(running, towns))
            os.kill(_fork_server_of(first.pid), signal.SIGKILL)
            _, said = first.communicate(timeout=60)
        assert first.returncode == 1
        assert "start this one again" in said
        assert "Traceback" not in said
    finally:
        os.kill(projector, signal.SIGCONT)
    done = on(running, "rebuild", towns)
    assert done.returncode == 0, done.stderr


def _fork_server_of(pid: int) -> int:
    [found] = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    assert "fork server" in Path(f"/proc/{found}/cmdline").read_text()
    return found


def _has_done_something(running: Up, collection: str) -> bool:
    rebuild = _rebuild_of(running, collection)
    return bool(rebuild and rebuild["state"] == "running" and rebuild["done"] > 0)


def _is_running(running: Up, collection: str) -> bool:
    rebuild = _rebuild_of(running, collection)
    return bool(rebuild and rebuild["state"] in ("queued", "running"))


def _rebuild_of(running: Up, collection: str) -> dict[str, Any] | None:
    with running.client() as client:
        report = client.get("/v1/projections").json()
    rebuilds = {each["collection"]: each["rebuild"] for each in report["projections"]}
    return rebuilds[collection]
