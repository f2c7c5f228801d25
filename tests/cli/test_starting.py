"""Commands started cold have all they need; one that serves imports plainly and changes nothing for others."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployments import FOLDBASE, Up

SEEN = """
import gc, sys
from app.starting import plainly

with plainly():
    import structlog
assert not [name for name in sys.modules if name.split(".")[0] == "rich"]
assert gc.isenabled()
import rich.console
"""


def test_logs_are_imported_without_what_colours_them_which_is_there_for_others_afterwards() -> None:
    seen = subprocess.run([sys.executable, "-c", SEEN], capture_output=True, text=True)
    assert (seen.returncode, seen.stderr) == (0, "")


@pytest.mark.parametrize(
    "words",
    ["token", "status", "import started FILE", "export started --format csv", "rebuild started", "parked list"],
)
def test_a_command_that_is_started_cold_has_all_that_it_needs(words: str, running: Up, tmp_path: Path) -> None:
    file = tmp_path / "started.ndjson"
    file.write_text('{"n": 1}\n')
    command = [str(file) if word == "FILE" else word for word in words.split()]
    with running.client() as client:
        client.put("/v1/collections/started", json={}).raise_for_status()
    done = subprocess.run(
        [FOLDBASE, *command, "--data", str(running.folder)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
