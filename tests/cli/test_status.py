"""`foldbase status` says whether a deployment is well, to people and by its exit code."""

import os
import signal
from pathlib import Path

from app.cli.deployment import signing_key
from app.identity import keys
from tests.deployments import Up, foldbase, until


def test_a_healthy_deployment_is_told_in_plain_lines_with_exit_code_zero(running: Up) -> None:
    with running.client() as client:
        written = client.put("/v1/documents/notes/one", json={}).raise_for_status()
        seen = {"Fold-After": written.headers["fold-position"], "Prefer": "wait=20"}
        client.get("/v1/documents/notes/one", headers=seen).raise_for_status()
    told = until(lambda: _healthy(running))
    assert f"api\t{running.run['api']}\tready" in told
    assert any(line.startswith("partition\t0\t0 commits behind") for line in told)
    assert any(line.startswith("projection\tnotes\tgeneration") for line in told)


def test_a_deployment_is_found_by_the_environment_too(running: Up) -> None:
    run = running.run
    given = {
        "FOLDBASE_MONGO_URL": run["mongo"],
        "FOLDBASE_REDIS_URL": run["redis"],
        "FOLDBASE_PORT": run["api"].rpartition(":")[2],
        "FOLDBASE_TOKEN_KEY": keys.encode(signing_key(running.folder)),
    }
    assert foldbase("status", **given).returncode == 0


def test_a_folder_where_nothing_runs_is_told_with_exit_code_one(tmp_path: Path) -> None:
    told = foldbase("status", "--data", str(tmp_path))
    assert told.returncode == 1
    assert f"nothing runs on {tmp_path}; start it with" in told.stderr
    assert told.stderr.count("\n") == 1


def test_an_api_that_does_not_answer_is_not_healthy(running: Up) -> None:
    [api] = running.pids["api"]
    os.kill(api, signal.SIGSTOP)
    try:
        told = foldbase("status", "--data", str(running.folder))
    finally:
        os.kill(api, signal.SIGCONT)
    assert told.returncode == 1
    assert told.stdout.splitlines()[0].endswith("does not answer")


def _healthy(running: Up) -> list[str]:
    told = foldbase("status", "--data", str(running.folder))
    return told.stdout.splitlines() if told.returncode == 0 else []
