"""Unix sockets of a data folder: paths short enough for the kernel, in folders that only we may enter."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from app.embedded.errors import ServerUnavailable

LONGEST_SOCKET_PATH = 100


def socket_for(folder: Path, name: str) -> Path:
    """Where the socket `name` of a private `folder` goes: in it, else in a private temporary folder.

    Raises: ServerUnavailable when that temporary folder belongs to somebody else.
    """
    beside = folder / name
    if len(os.fsencode(beside)) <= LONGEST_SOCKET_PATH:
        return beside
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return _private(Path(tempfile.gettempdir()) / f"foldbase-{os.getuid()}-{digest}") / name


def _private(folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise ServerUnavailable(
            server="socket",
            reason=f"{folder} is not a private folder of this user",
            advice="remove it, or choose a shorter --data path",
        )
    return folder
