"""`foldbase import --url`: the same as on the spot, through an API elsewhere, whatever happens on the way."""

import gzip
import http.server
import json
import os
import re
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.cli.deployment import signing_key
from app.identity import tokens
from tests.cli.conftest import Use
from tests.cli.forwarding import forwarding, self_signed
from tests.deployments import FOLDBASE, Up, foldbase, free_port

_numbers = count(1)

SCHEMA = {"required": ["n"], "properties": {"n": {"type": "integer"}, "name": {"type": "string"}}}
CSV = "id,n,name\na,1,1\nb,two,b\nc,,c\nd,4\na,5,again\n/,6,f\ng,7,NA\n"
NDJSON = '{"id":"a","n":1}\n\n{"id":"b","n":"two"}\n{\n[]\n{"id":"a","n":5}\n{"n":6,"_meta":{}}\n'
JSON = '[{"id":"a","n":1},{"id":"b","n":"two"},7,{"id":"a","n":5},{"n":6}]'


@pytest.fixture
def collection(running: Up) -> str:
    """A collection with a schema, that no other test uses."""
    return declared(running)


def declared(running: Up) -> str:
    name = f"moved_{next(_numbers)}"
    with running.client() as client:
        client.put(f"/v1/collections/{name}", json={"schema": SCHEMA}).raise_for_status()
    return name


def token(running: Up, role: str = "admin") -> str:
    return tokens.issue(signing_key(running.folder), sub="far", role=role, ttl=timedelta(hours=1))


def elsewhere(running: Up, port: int | None = None) -> dict[str, str]:
    """The environment that names the deployment as one elsewhere."""
    url = running.run["api"] if port is None else f"http://127.0.0.1:{port}"
    return {"FOLDBASE_URL": url, "FOLDBASE_TOKEN": token(running)}


def api_port(running: Up) -> int:
    return urlsplit(running.run["api"]).port or 80


def documents(running: Up, collection: str) -> list[dict[str, object]]:
    """All documents, once everything that was written is applied."""
    with running.client() as client:
        last = client.put(f"/v1/documents/{declared(running)}/last", json={"n": 1})
        seen = {"Fold-After": last.headers["fold-position"], "Prefer": "wait=20"}
        page = client.get(f"/v1/documents/{collection}?limit=1000", headers=seen).raise_for_status().json()
        found = list(page["items"])
        while page.get("next"):
            cursor = {"limit": "1000", "cursor": page["next"]}
            page = client.get(f"/v1/documents/{collection}", params=cursor).raise_for_status().json()
            found += page["items"]
    return found


def as_text(folder: Path, text: str, name: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


def gzipped(folder: Path, text: str, name: str) -> Path:
    (folder / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
    return folder / f"{name}.gz"


def zipped(folder: Path, text: str, name: str) -> Path:
    with zipfile.ZipFile(folder / "file.zip", "w") as archive:
        archive.writestr(name, text)
    return folder / "file.zip"


FILES: list[tuple[Callable[[Path, str, str], Path], str, str, list[str]]] = [
    (as_text, CSV, "file.csv", []),
    (as_text, NDJSON, "file.ndjson", []),
    (as_text, JSON, "file.json", ["--on-conflict", "skip"]),
    (gzipped, NDJSON, "file.jsonl", ["--on-conflict", "skip"]),
    (zipped, CSV, "file.csv", ["--on-conflict", "replace", "--id", "id"]),
]


@pytest.mark.parametrize(("put", "text", "name", "options"), FILES)
def test_import_elsewhere_tells_and_does_the_same_as_on_the_spot(
    put: Callable[[Path, str, str], Path],
    text: str,
    name: str,
    options: list[str],
    running: Up,
    tmp_path: Path,
) -> None:
    file = put(tmp_path, text, name)
    told = []
    kept = []
    for place, environment in ((["--data", str(running.folder)], {}), ([], elsewhere(running))):
        into = declared(running)
        done = foldbase("import", into, str(file), "--null", "NA", *options, *place, **environment)
        told.append((done.returncode, _still(done.stdout).replace(into, "…"), done.stderr))
        kept.append(sorted(json.dumps([each["n"], each.get("name")]) for each in documents(running, into)))
    assert told[0] == told[1]
    assert kept[0] == kept[1]
    assert told[0][0] == 1
    assert kept[0]


def test_standard_input_goes_elsewhere(running: Up, collection: str) -> None:
    done = subprocess.run(
        [FOLDBASE, "import", collection, "-", "--format", "ndjson", "--url", running.run["api"]],
        input='{"n":1}\n{"n":2}\n',
        capture_output=True,
        text=True,
        env={**os.environ, "FOLDBASE_TOKEN": token(running, "user")},
        timeout=60,
    )
    assert (done.returncode, done.stdout[: done.stdout.index(",")]) == (0, f"{collection}: 2 stored"), (
        done.stderr
    )


def test_connection_that_is_cut_again_and_again_loses_and_doubles_nothing(
    running: Up, collection: str, tmp_path: Path
) -> None:
    rows = "".join(f"{number},{'x' * 100}\n" for number in range(12_000))
    file = as_text(tmp_path, f"n,name\n{rows}", "file.csv")
    with forwarding(api_port(running), 10**9, 10**9, 150_000, 200, 60_000) as way:
        done = foldbase("import", collection, str(file), **elsewhere(running, way.port))
        assert way.connections > 5
    assert (done.returncode, _still(done.stdout)) == (0, _summary(collection, 12_000)), done.stderr
    assert sorted(str(each["n"]) for each in documents(running, collection)) == sorted(map(str, range(12_000)))


def test_import_that_is_gone_on_with_under_its_key_stores_nothing_twice(
    running: Up, collection: str, tmp_path: Path
) -> None:
    lines = [json.dumps({"n": number}) for number in range(500)]
    half = as_text(tmp_path, "\n".join(lines[:250]), "half.ndjson")
    whole = as_text(tmp_path, "\n".join(lines), "whole.ndjson")
    for file, stored in ((half, 250), (whole, 500)):
        done = foldbase("import", collection, str(file), "--key", f"k-{collection}", **elsewhere(running))
        assert _still(done.stdout) == _summary(collection, stored)
    assert len(documents(running, collection)) == 500


def test_documents_replaced_by_their_ids_leave_nothing_when_they_do_not_change(
    running: Up, collection: str, tmp_path: Path
) -> None:
    file = as_text(tmp_path, '{"code":"a","n":1}\n', "file.ndjson")
    arguments = ("import", collection, str(file), "--id", "code", "--on-conflict", "replace")
    positions: list[int] = []
    for _ in range(2):
        foldbase(*arguments, **elsewhere(running))
        with running.client() as client:
            after = client.put(f"/v1/documents/{collection}/after", json={"n": len(positions)})
            positions.append(int(after.headers["fold-position"]))
    assert positions[1] == positions[0] + 1


def test_what_is_wrong_is_told_in_one_line(running: Up, collection: str, tmp_path: Path) -> None:
    csv = str(as_text(tmp_path, "n\n1\n", "file.csv"))
    ndjson = str(as_text(tmp_path, "{}\n", "file.ndjson"))
    url = running.run["api"]
    for arguments, told in (
        ([csv, "--url", url, "--token", "x"], "the token is malformed"),
        ([csv, "--url", url, "--token", token(running, "user")], "role admin"),
        ([ndjson, "--url", f"http://127.0.0.1:{free_port()}", "--token", "x"], "does not answer"),
        ([ndjson, "--url", f"{url}/elsewhere", "--token", token(running)], "there is nothing at"),
        ([str(tmp_path / "none.csv"), "--url", url, "--token", "x"], "No such file"),
    ):
        done = foldbase("import", collection, *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert told in done.stderr
        assert done.stderr.count("\n") == 1


def test_broken_file_is_told_after_what_came_before_is_stored(
    running: Up, collection: str, tmp_path: Path
) -> None:
    file = as_text(tmp_path, 'n\n1\n2\n"3\n', "file.csv")
    done = foldbase("import", collection, str(file), **elsewhere(running))
    assert (done.returncode, done.stdout) == (1, "")
    assert "is not CSV" in done.stderr
    assert len(documents(running, collection)) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["--url", "http://127.0.0.1:1", "--data", "x", "--token", "x"],
        ["--url", "http://127.0.0.1:1"],
        ["--url", "127.0.0.1:8000", "--token", "x"],
        ["--url", "ftp://127.0.0.1", "--token", "x"],
        ["--url", "http://127.0.0.1:x", "--token", "x"],
        ["--token", "x"],
        ["--key", "x"],
    ],
)
def test_wrong_usage_is_told_so(used: Use, arguments: list[str]) -> None:
    code, told = used("import", "towns", "towns.csv", *arguments)
    assert code == 2
    assert "foldbase import [OPTIONS]" in told


def test_data_folder_that_is_named_wins_over_the_environment(
    running: Up, collection: str, tmp_path: Path
) -> None:
    file = as_text(tmp_path, '{"n":1}\n', "file.ndjson")
    away = {"FOLDBASE_URL": f"http://127.0.0.1:{free_port()}", "FOLDBASE_TOKEN": "x"}
    done = foldbase("import", collection, str(file), "--data", str(running.folder), **away)
    assert done.returncode == 0, done.stderr


def test_proxies_of_the_environment_hold(running: Up, collection: str, tmp_path: Path) -> None:
    file = as_text(tmp_path, '{"n":1}\n', "file.ndjson")
    proxy = {"http_proxy": f"http://127.0.0.1:{free_port()}", "no_proxy": ""}
    away = foldbase("import", collection, str(file), **elsewhere(running), **proxy)
    assert (away.returncode, "does not answer" in away.stderr) == (1, True)
    near = foldbase("import", collection, str(file), **elsewhere(running), **proxy | {"no_proxy": "127.0.0.1"})
    assert near.returncode == 0, near.stderr


def test_certificates_are_verified(running: Up, collection: str, tmp_path: Path) -> None:
    file = as_text(tmp_path, '{"n":1}\n', "file.ndjson")
    context, certificate = self_signed(tmp_path)
    with forwarding(api_port(running), tls=context) as way:
        there = elsewhere(running) | {"FOLDBASE_URL": f"https://127.0.0.1:{way.port}"}
        refused = foldbase("import", collection, str(file), **there)
        assert (refused.returncode, "certificate" in refused.stderr) == (1, True)
        trusted = foldbase("import", collection, str(file), **there, SSL_CERT_FILE=str(certificate))
        assert trusted.returncode == 0, trusted.stderr


@pytest.fixture
def redirecting() -> Iterator[tuple[str, list[str]]]:
    """A server that sends everybody elsewhere, and the tokens it was shown."""
    shown: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            shown.append(self.path)
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(307)
            self.send_header("Location", f"/moved{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", shown
        server.shutdown()


def test_redirections_are_not_followed(redirecting: tuple[str, list[str]], tmp_path: Path) -> None:
    url, shown = redirecting
    file = as_text(tmp_path, '{"n":1}\n', "file.ndjson")
    done = foldbase("import", "towns", str(file), "--url", url, "--token", "x")
    assert done.returncode == 1
    assert "it answers 307" in done.stderr
    assert len(shown) == 1


def _still(told: str) -> str:
    return re.sub(r"in [\d.]+ s", "in … s", told)


def _summary(collection: str, stored: int) -> str:
    return f"{collection}: {stored:,} stored, 0 unchanged, 0 skipped, 0 refused, in … s\n"
