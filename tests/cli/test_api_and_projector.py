"""`foldbase api` and `foldbase projector`: the two processes of a deployment, from settings alone."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from app.settings import Settings
from tests.deployments import FOLDBASE, TRUSTING_NOBODY, foldbase, free_port, until


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    assert settings.token_key is not None
    return {
        "FOLDBASE_MONGO_URL": settings.mongo_url,
        "FOLDBASE_REDIS_URL": settings.redis_url,
        "FOLDBASE_DATABASE": settings.database,
        "FOLDBASE_TOKEN_KEY": settings.token_key.get_secret_value(),
        "FOLDBASE_PORT": str(free_port()),
        "FOLDBASE_AUTO_DECLARE": "true",
    }


@contextmanager
def process(*arguments: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    running = subprocess.Popen([FOLDBASE, *arguments], env={**os.environ, **environment})
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", verify=TRUSTING_NOBODY).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_deployment_of_both_serves_and_ends_cleanly(
    environment: dict[str, str], number: signal.Signals
) -> None:
    url = f"http://127.0.0.1:{environment['FOLDBASE_PORT']}"
    token = foldbase("token", **environment).stdout.strip()
    with ExitStack() as stack:
        both = [stack.enter_context(process(name, environment=environment)) for name in ("api", "projector")]
        until(lambda: answers(url))
        client = stack.enter_context(
            httpx.Client(
                base_url=url,
                headers={"Authorization": f"Bearer {token}"},
                timeout=20,
                verify=TRUSTING_NOBODY,
            )
        )
        assert client.put("/v1/documents/notes/one", json={"n": 1}).status_code == 201
        until(lambda: client.get("/v1/documents/notes/one").status_code == 200)
        for each in both:
            each.send_signal(number)
        assert [each.wait(20) for each in both] == [0, 0]


def test_the_health_check_of_a_projector_knows_whether_one_lives(environment: dict[str, str]) -> None:
    assert foldbase("projector", "--check", **environment).returncode == 1
    with process("projector", environment=environment):
        until(lambda: foldbase("projector", "--check", **environment).returncode == 0)


@pytest.mark.parametrize("name", ["api", "projector"])
def test_every_missing_setting_is_told_in_one_line(name: str) -> None:
    refused = foldbase(name)
    assert refused.returncode == 1
    assert "FOLDBASE_MONGO_URL" in refused.stderr
    assert "FOLDBASE_REDIS_URL" in refused.stderr
    assert refused.stderr.count("\n") == 1
