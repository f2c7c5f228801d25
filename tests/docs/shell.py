"""A shell in a folder that looks like a reader's checkout, beside a deployment that runs there."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.deployments import up
from tests.docs.snippets import ROOT
from tests.servers import temporary_folder

ADDRESS = "http://127.0.0.1:8000"
MARK = "-- 8< --"
STAND_IN = Path(__file__).with_name("curl.py")


@dataclass(frozen=True)
class Checkout:
    """A reader's folder. url: where the deployment that runs in it really is."""

    folder: Path
    url: str

    def run(self, blocks: Sequence[str]) -> list[str]:
        """Run blocks one after the other in one shell, and return what each wrote to its output.

        Where a page says 127.0.0.1:8000 the deployment's own address is used, and told as the page does.
        """
        script = f"\necho '{MARK}'\n".join(blocks).replace(ADDRESS, self.url)
        done = subprocess.run(
            ["sh", "-eu", "-c", script],
            cwd=self.folder,
            env={**os.environ, "PATH": self._path()},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        written = done.stdout.replace(self.url, ADDRESS)
        return re.split(f"\n?{re.escape(MARK)}\n", written)

    def _path(self) -> str:
        return os.pathsep.join((str(self.folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]))


@contextmanager
def checkout() -> Iterator[Checkout]:
    """A checkout with `foldbase up` running in it; stopped and removed afterwards."""
    with temporary_folder() as folder:
        for name in ("examples", "docs"):
            (folder / name).symlink_to(ROOT / name)
        (folder / ".venv").symlink_to(Path(sys.prefix))
        _provide_curl(folder / "bin")
        with up(folder / ".foldbase") as running:
            yield Checkout(folder, running.run["api"])


def _provide_curl(folder: Path) -> None:
    """A stand-in for curl, for machines that have none."""
    folder.mkdir()
    if shutil.which("curl") is None:
        stand_in(folder / "curl")


def stand_in(path: Path) -> None:
    """Make the stand-in for curl a command at `path`."""
    path.write_text(f"#!{sys.executable}\n{STAND_IN.read_text()}")
    path.chmod(0o755)
