"""The files of a deployment say nothing that the program does not understand."""

import re
from pathlib import Path

import pytest

from app.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
SETTINGS = {f"FOLDBASE_{name.upper()}" for name in Settings.model_fields}


def services() -> dict[str, str]:
    """Each service of the compose file with the text of its block, and of the block it merges in."""
    anchors = dict(re.findall(r"^x-\w+: &(\w+)\n((?:  .*\n|\n)+)", COMPOSE, re.MULTILINE))
    listed = COMPOSE.split("\nservices:\n")[1].split("\nnetworks:\n")[0]
    blocks = dict(re.findall(r"^  (\w+):\n((?:    .*\n|\n)+)", listed, re.MULTILINE))
    return {name: block + anchors[re.findall(r"<<: \*(\w+)", block)[0]] for name, block in blocks.items()}


@pytest.mark.parametrize("file", ["docker-compose.yml", ".env.example", "Dockerfile"])
def test_every_setting_a_deployment_file_names_is_one_the_program_reads(file: str) -> None:
    named = set(re.findall(r"\bFOLDBASE_[A-Z_]+\b", (ROOT / file).read_text()))
    assert named
    assert named <= SETTINGS


def test_every_variable_the_compose_file_wants_is_in_the_example() -> None:
    wanted = set(re.findall(r"\$\{(\w+)", COMPOSE))
    given = set(re.findall(r"^(\w+)=", EXAMPLE, re.MULTILINE))
    assert wanted == given


def test_no_secret_has_a_value_in_the_example() -> None:
    assert re.search(r"^FOLDBASE_TOKEN_KEY=$", EXAMPLE, re.MULTILINE)


def test_the_compose_file_runs_both_stores_and_both_processes() -> None:
    assert set(services()) == {"mongo", "redis", "projector", "api"}


@pytest.mark.parametrize("name", ["mongo", "redis", "projector", "api"])
def test_every_service_is_hardened(name: str) -> None:
    block = services()[name]
    for line in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", "restart: unless-stopped"):
        assert line in block


@pytest.mark.parametrize("name", ["mongo", "redis"])
def test_a_store_is_checked_kept_and_never_published(name: str) -> None:
    block = services()[name]
    assert "healthcheck:" in block
    assert "volumes:" in block
    assert "networks: [stores]" in block
    assert "ports:" not in block


def test_the_image_runs_as_nobody_special_and_installs_only_what_is_locked() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    last_stage = dockerfile.rpartition("FROM ")[2]
    assert re.search(r"^USER \d{4,}$", last_stage, re.MULTILINE)
    assert "HEALTHCHECK" in last_stage
    assert "--require-hashes -r /build/locks/runtime.txt" in dockerfile


@pytest.mark.parametrize("lock", ["runtime.txt", "dev.txt"])
def test_every_locked_version_carries_its_hashes_and_no_host(lock: str) -> None:
    text = (ROOT / "locks" / lock).read_text()
    pinned = re.findall(r"^\S+==\S+.*\\$", text, re.MULTILINE)
    assert len(pinned) > 20
    assert "://" not in text
    assert all(f"{line}\n    --hash=sha256:" in text for line in pinned)
