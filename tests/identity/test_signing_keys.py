"""The signing key: made once, kept to its owner, the same for everyone who starts at once."""

import base64
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.identity.errors import KeyInvalid
from app.identity.keys import FILE, decode, encode, load_or_create

KEY = bytes(range(200, 232))


def test_a_key_is_made_once_and_read_ever_after(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    key = load_or_create(folder)
    assert len(key) == 32
    assert load_or_create(folder) == key
    assert [path.name for path in folder.iterdir()] == [FILE]


def test_two_folders_have_two_keys(tmp_path: Path) -> None:
    assert load_or_create(tmp_path / "a") != load_or_create(tmp_path / "b")


def test_a_key_is_its_owners_alone(tmp_path: Path) -> None:
    load_or_create(tmp_path)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from app.identity.keys import encode, load_or_create\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "print(encode(load_or_create(Path(sys.argv[1]))), flush=True)\n"
    )
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    keys = {racer.communicate("go\n", timeout=20)[0] for racer in _started(racers)}
    assert keys == {encode(load_or_create(tmp_path)) + "\n"}
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def _started(racers: list[subprocess.Popen[str]]) -> list[subprocess.Popen[str]]:
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("\n")
        racer.stdin.flush()
    return racers


@pytest.mark.parametrize("content", ["", "\n", "short", "é" * 50, "!" * 43])
def test_a_damaged_key_file_is_named_and_left_alone(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content, "utf-8")
    with pytest.raises(KeyInvalid, match=str(tmp_path / FILE)):
        load_or_create(tmp_path)
    assert (tmp_path / FILE).read_text("utf-8") == content


@pytest.mark.parametrize("text", [encode(KEY), base64.urlsafe_b64encode(KEY).decode(), f" {encode(KEY)}\n"])
def test_a_key_is_read_with_padding_and_without(text: str) -> None:
    assert decode(text) == KEY


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "0 bytes"),
        (encode(KEY[:31]), "31 bytes"),
        ("ä" * 43, "not base64url"),
        ("+/" * 22, "not base64url"),
        ("a" * 45, "not base64url"),
        (encode(KEY) + "===", "not base64url"),
        ("a b " * 12, "not base64url"),
    ],
)
def test_a_key_that_is_none_is_refused_without_being_shown(text: str, reason: str) -> None:
    with pytest.raises(KeyInvalid, match=reason) as refusal:
        decode(text)
    assert not text or text not in str(refusal.value)
