"""`foldbase token` prints one JWT that the API takes, and nothing else."""

import re
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Use
from tests.deployments import TRUSTING_NOBODY, Up, foldbase


def status(running: Up, token: str, path: str = "/v1/collections") -> int:
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(running.run["api"] + path, headers=headers, verify=TRUSTING_NOBODY)
    return answer.status_code


def test_a_token_is_one_line_and_opens_the_api(running: Up) -> None:
    printed = foldbase("token", "--data", str(running.folder))
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", printed.stdout)
    assert (printed.returncode, printed.stderr) == (0, "")
    assert status(running, printed.stdout.strip()) == 200


def test_a_users_token_opens_documents_and_not_administration(running: Up) -> None:
    token = foldbase("token", "--data", str(running.folder), "--role", "user", "--sub", "ann").stdout.strip()
    assert status(running, token) == 403
    written = httpx.put(
        f"{running.run['api']}/v1/documents/notes/by-ann",
        headers={"Authorization": f"Bearer {token}"},
        json={},
        verify=TRUSTING_NOBODY,
    )
    assert written.json()["_meta"]["updated_by"] == "user:ann"


def test_a_token_may_carry_further_rights(running: Up) -> None:
    options = ("--data", str(running.folder), "--role", "user")
    plain = foldbase("token", *options).stdout.strip()
    scoped = foldbase("token", *options, "--scope", "metrics:read").stdout.strip()
    assert (status(running, plain, "/metrics"), status(running, scoped, "/metrics")) == (403, 200)


def test_the_key_can_come_from_the_environment(tmp_path: Path) -> None:
    key = "A" * 43
    printed = foldbase("token", "--data", str(tmp_path), FOLDBASE_TOKEN_KEY=key)
    assert printed.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_a_key_is_told_and_no_key_is_made(tmp_path: Path) -> None:
    refused = foldbase("token", "--data", str(tmp_path))
    assert refused.returncode == 1
    assert "foldbase up --data" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [["--ttl", "1x"], ["--ttl", "0s"], ["--role", "root"]])
def test_wrong_usage_is_exit_code_two(used: Use, wrong: list[str]) -> None:
    code, told = used("token", *wrong)
    assert code == 2
    assert "foldbase token [OPTIONS]" in told
