"""The key that signs tokens: 256 random bits, made once and kept with the data, or given by a setting."""

import base64
import os
import re
import secrets
from pathlib import Path
from typing import Final

from app.identity.errors import KeyInvalid

FILE: Final = "token.key"
KEY_BYTES: Final = 32

_BASE64URL: Final = re.compile(r"([A-Za-z0-9_-]*+)={0,2}")


def load_or_create(folder: Path) -> bytes:
    """The key in `folder`/token.key, made (mode 0600) when it is not there.

    Raises:   KeyInvalid when the file holds no key; OSError when it can not be read or made.
    Promises: processes that start at once agree on one key, and a crash leaves a whole key or none.
    """
    path = folder / FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _create(path)
    try:
        return decode(path.read_text("ascii"))
    except (KeyInvalid, UnicodeDecodeError):
        raise KeyInvalid(f"{path} holds no key; remove it and every token, or restore it") from None


def decode(text: str) -> bytes:
    """The key written as `text` in base64url, with or without padding.

    Raises: KeyInvalid when it is not base64url, or under 32 bytes: such a key can be guessed.
    """
    text = text.strip()
    try:
        if not _BASE64URL.fullmatch(text):
            raise ValueError
        key = base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except ValueError:
        raise KeyInvalid(
            "the token key is not base64url; make one with: openssl rand -base64 32 | tr +/ -_"
        ) from None
    if len(key) < KEY_BYTES:
        raise KeyInvalid(f"the token key has {len(key)} bytes; it needs {KEY_BYTES} or more")
    return key


def encode(key: bytes) -> str:
    """The key as `decode` reads it, without padding."""
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


def _create(path: Path) -> None:
    """Write a new key beside `path`, then give it that name: only the first of many gets it."""
    draft = path.with_name(f".{FILE}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(encode(secrets.token_bytes(KEY_BYTES)) + "\n")
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
        _sync_folder(path.parent)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
