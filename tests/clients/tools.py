"""The generators of clients, installed once beside this interpreter, by their locks."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LOCKS = HERE.parents[1] / "locks"
TYPESCRIPT, PYTHON = HERE / "typescript", HERE / "python"
OLDEST_NODE = 20

Install = Callable[[Path], None]


def node_modules() -> Path:
    """openapi-typescript, TypeScript and openapi-fetch: the folder they are in."""
    locked = [TYPESCRIPT / name for name in ("package.json", "package-lock.json", ".npmrc")]

    def install(folder: Path) -> None:
        for file in locked:
            shutil.copy(file, folder)
        _run(str(node().with_name("npm")), "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)

    return _installed("typescript", locked, install) / "node_modules"


def generator_in_python() -> Path:
    """openapi-python-client, and what its clients need: the interpreter that has them."""
    lock = LOCKS / "clients.txt"
    return _installed("python", [lock], lambda folder: _environment(folder, lock)) / "bin/python"


def node() -> Path:
    """Node.js, with npm beside it: that of this machine, or where it has none that is new enough, a package."""
    found = shutil.which("node")
    if found and shutil.which("npm", path=Path(found).parent) and _version(found) >= OLDEST_NODE:
        return Path(found)
    lock = LOCKS / "node.txt"
    return _installed("node", [lock], lambda folder: _environment(folder, lock)) / "bin/node"


def _version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20).stdout
    return int(re.sub(r"\D.*", "", said.strip().removeprefix("v")) or 0)


def _environment(folder: Path, lock: Path) -> None:
    """An environment of its own, since what is locked need not agree with what foldbase needs."""
    _run(sys.executable, "-m", "venv", "--without-pip", str(folder))
    pip = (sys.executable, "-m", "pip", "--python", str(folder), "--disable-pip-version-check")
    _run(*pip, "install", "-qq", "--require-hashes", "-r", str(lock))


def _installed(name: str, locked: list[Path], install: Install) -> Path:
    """The folder that `install` filled: now, or before from the same locks. Skips the test where it fails."""
    digest = sha256(b"".join(file.read_bytes() for file in locked)).hexdigest()[:16]
    folder = Path(sys.prefix) / "clients" / f"{name}-{digest}"
    done = folder / "installed"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            install(folder)
        except subprocess.CalledProcessError as failed:
            pytest.skip(f"{name} could not be installed: {failed.stderr.strip()[-300:]}")
        done.touch()
    return folder


def _run(*command: str, cwd: Path | None = None) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True, timeout=90)
