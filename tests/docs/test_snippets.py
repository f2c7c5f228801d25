"""What the documentation shows in a shell is run, and gives what the documentation says."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.docs.shell import Checkout, stand_in
from tests.docs.snippets import OUTPUTS, ROOT, RUN, infos, pages_to_run, snippets

CHANGING = {"position", "created_at", "updated_at", "request_id", "asked_at", "at", "head", "checkpoint"}


@pytest.mark.parametrize("page", pages_to_run(), ids=lambda page: str(page.relative_to(ROOT)))
def test_snippets_of_a_page_do_what_the_page_says(reader: Checkout, page: Path) -> None:
    found = list(snippets(page))
    written = reader.run([snippet.shell for snippet in found])
    assert len(written) == len(found)
    for snippet, output in zip(found, written, strict=True):
        if snippet.expected is not None:
            kind, said = snippet.expected
            assert _as_said(kind, output) == _as_said(kind, said) or _fits(kind, output, said), (
                f"{page.relative_to(ROOT)}:{snippet.line}\n{output}"
            )


def test_stand_in_for_curl_writes_what_the_server_says(reader: Checkout) -> None:
    path = reader.folder / "stand-in"
    stand_in(path)
    shell = f"""
        TOKEN=$(foldbase token)
        {path} -s -X PUT {reader.url}/v1/documents/notes/curl -H "Authorization: Bearer $TOKEN" \
            -H 'Content-Type: application/json' -d '{{"n": 1}}' -D headers -o body
        cat headers
        {path} -s -i {reader.url}/health/live
    """
    [written] = reader.run([shell])
    assert re.search(r"HTTP/1.1 201 Created\r?\n(.+\n)*fold-position: \d+\r?\n", written)
    assert re.search(r'HTTP/1.1 200 OK\r?\n(.+\n)+\r?\n\{"status":"live"\}', written)


def test_stand_in_for_curl_refuses_options_it_does_not_know(reader: Checkout) -> None:
    path = reader.folder / "stand-in-too"
    stand_in(path)
    done = subprocess.run([path, "--http2", reader.url], capture_output=True)
    assert done.returncode == 2


def test_blocks_are_marked_in_ways_that_are_known() -> None:
    assert infos() <= {RUN, *OUTPUTS, "sh", "text", "json", "js", "python"}


def _as_said(kind: str, text: str) -> Any:
    if kind == "json output":
        return _still(json.loads(text))
    return text.strip()


def _fits(kind: str, output: str, said: str) -> bool:
    """Text may differ where the page has an ellipsis, and in numbers."""
    parts = [re.escape(part) for part in said.strip().split("…")]
    pattern = re.sub(r"[0-9]+", "[0-9]+", ".*".join(parts))
    return kind == "text output" and re.fullmatch(pattern, output.strip()) is not None


def _still(value: Any) -> Any:
    """The value with everything that differs from run to run taken out."""
    if isinstance(value, dict):
        return {name: "…" if name in CHANGING else _still(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_still(inner) for inner in value]
    return value
