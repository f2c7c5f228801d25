"""`foldbase export`: a file when it is whole, told about on standard error, in memory that does not grow."""

import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from tests.deployments import FOLDBASE, Up, foldbase
from tests.exporting.files import cells, lines, table
from tests.exporting.filling import fill

MANY = 20_000
TEXT = "x" * 2700
MIB = 2**20
MOST_GROWTH = {"csv": 24 * MIB, "parquet": 96 * MIB}
"""By how much an export of 20,000 documents may take more than one of none; they are 56 MB of JSON."""

EAGER = """
from app import progress
from app.cli import main
progress.LINE_EVERY = progress.LOOK_EVERY = 0.0
main()
"""
MEASURED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Between this process and the measured one: a process is counted as large as the one it was forked from."""


def test_collection_goes_to_a_file_whose_name_tells_the_format(running: Up, tmp_path: Path) -> None:
    _put(running, "cities", "ber", {"name": "Berlin", "inhabitants": 3755251})
    _put(running, "cities", "ham", {"name": "Hamburg"})
    for name in ("cities.ndjson", "cities.csv", "cities.parquet", "cities.arrow"):
        done = _export(running, "cities", "--output", str(tmp_path / name))
        assert (done.returncode, done.stdout) == (0, "")
        assert "cities: 2 documents as of " in done.stderr
    read = {path.suffix: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(read) == [".arrow", ".csv", ".ndjson", ".parquet"]
    assert [line["name"] for line in lines(read[".ndjson"])] == ["Berlin", "Hamburg"]
    assert [row["inhabitants"] for row in cells(read[".csv"])] == ["3755251", ""]
    for suffix in (".parquet", ".arrow"):
        assert table(read[suffix])["inhabitants"].to_pylist() == [3755251, None]


def test_export_tells_how_many_documents_there_are(running: Up, tmp_path: Path) -> None:
    for id in ("essen", "bonn", "kiel"):
        position = _put(running, "ports", id, {"n": 1})
    with running.client() as client:
        client.get("/v1/documents/ports/kiel", headers={"Fold-After": position}).raise_for_status()
    arguments = ["export", "ports", "--output", str(tmp_path / "ports.csv"), "--data", str(running.folder)]
    told = [line.split(",")[0] for line in _run_eagerly(*arguments).splitlines()]
    assert "ports: 3 of 3 documents looked at" in told
    assert told[-2:] == ["ports: 3 of 3 documents", f"ports: 3 documents as of {position}"]
    assert "3 of 3 documents" not in _run_eagerly(*arguments, "--at", position)
    shown = _run_eagerly(*arguments, terminal=True)
    assert "3/3" in shown
    assert "0:00:00" in shown


def test_export_as_of_a_position_goes_to_standard_output(running: Up) -> None:
    position = _put(running, "towns", "ulm", {"n": 1})
    _put(running, "towns", "ulm", {"n": 2})
    done = _export(running, "towns", "--format", "ndjson", "--at", position)
    assert done.stderr.startswith(f"towns: 1 document as of {position}, ")
    assert [line["n"] for line in lines(done.stdout.encode())] == [1]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["towns"], 2, "--format"),
        (["towns", "--format", "xls"], 2, "'--format': 'xls' is none of ndjson, csv, parquet, arrow\n"),
        (["towns", "--format", "csv", "--at", "9007199254740991"], 1, "at: "),
        (["nothing", "--format", "csv"], 1, 'no collection "nothing"'),
        (["towns", "by_name", "--format", "csv"], 1, "view"),
        (["towns", "--output", "/nowhere/towns.csv"], 1, "/nowhere/towns.csv: "),
    ],
)
def test_export_that_can_not_be_made_is_told_in_one_line(
    running: Up, arguments: list[str], code: int, told: str
) -> None:
    _put(running, "towns", "ulm", {"n": 1})
    done = _export(running, *arguments)
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_export_to_a_full_disk_is_told_in_one_line(running: Up) -> None:
    _put(running, "towns", "ulm", {"n": 1})
    command = [FOLDBASE, "export", "towns", "--format", "csv", "--data", str(running.folder)]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr.endswith("foldbase: standard output: No space left on device\n")
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_what_is_no_file_is_written_to_and_stays_what_it_is(running: Up, tmp_path: Path) -> None:
    _put(running, "towns", "ulm", {"n": 1})
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(tmp_path / "towns.csv")
    with os.fdopen(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
        for output in (pipe, link):
            done = _export(running, "towns", "--format", "csv", "--output", str(output))
            assert done.returncode == 0, done.stderr
        assert reader.read() == (tmp_path / "towns.csv").read_bytes() != b""
    assert pipe.is_fifo()
    assert link.is_symlink()


async def test_export_that_fails_leaves_the_file_that_was_there_alone(running: Up, tmp_path: Path) -> None:
    _put(running, "broken", "o1", {"n": 1})
    (tmp_path / "broken.csv").write_text("before")
    async with AsyncMongoClient[dict[str, Any]](running.run["mongo"]) as client:
        commits = client[running.run["database"]]["commits"]
        await commits.update_one({"stream": "broken/o1"}, {"$rename": {"actor": "author"}})
        done = _export(running, "broken", "--output", str(tmp_path / "broken.csv"))
        await commits.update_one({"stream": "broken/o1"}, {"$rename": {"author": "actor"}})
    assert done.returncode == 1
    assert _contents(tmp_path) == ["before"]


async def test_memory_of_an_export_does_not_grow_with_the_collection(running: Up, tmp_path: Path) -> None:
    with running.client() as client:
        for name in ("none", "many"):
            client.put(f"/v1/collections/{name}", json={}).raise_for_status()
    async with AsyncMongoClient[dict[str, Any]](running.run["mongo"]) as client:
        await fill(client[running.run["database"]], "many", MANY, {"text": TEXT})
    for format, most in MOST_GROWTH.items():
        took = {name: _memory(running, name, tmp_path / f"{name}.{format}") for name in ("none", "many")}
        assert took["many"] - took["none"] < most, f"{format}: {took}"
    assert len(cells((tmp_path / "many.csv").read_bytes())) == MANY
    assert table((tmp_path / "many.parquet").read_bytes()).num_rows == MANY


def _contents(folder: Path) -> list[str]:
    return [path.read_text() for path in folder.iterdir()]


def _put(running: Up, collection: str, id: str, body: dict[str, Any]) -> str:
    with running.client() as client:
        answer = client.put(f"/v1/documents/{collection}/{id}", json=body)
        return str(answer.raise_for_status().headers["fold-position"])


def _export(running: Up, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return foldbase("export", *arguments, "--data", str(running.folder))


def _run_eagerly(*arguments: str, terminal: bool = False) -> str:
    """What a command says on standard error when it says everything at once."""
    read, write = pty.openpty() if terminal else os.pipe()
    with os.fdopen(write, "wb") as told:
        done = subprocess.run([sys.executable, "-c", EAGER, *arguments], stderr=told, stdout=subprocess.DEVNULL)
    assert done.returncode == 0
    said = b""
    with os.fdopen(read, "rb", buffering=0) as listening, suppress(OSError):  # what a terminal's end is called
        while part := listening.read(65536):
            said += part
    return said.decode()


def _memory(running: Up, collection: str, output: Path) -> int:
    """The most memory that an export took, in bytes."""
    command = [FOLDBASE, "export", collection, "--output", str(output), "--data", str(running.folder)]
    done = subprocess.run([sys.executable, "-c", MEASURED, *command], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return int(done.stdout) * 1024
