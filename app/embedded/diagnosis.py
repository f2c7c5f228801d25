"""Why a server ended while it started, told in one line from its exit status and the end of its log."""

import re
from pathlib import Path

from app.embedded.errors import ServerUnavailable

_LOADER_FAILED = 127
_MISSING_LIBRARY = re.compile(r"error while loading shared libraries: (\S+?):")
_OLD_LIBRARY = re.compile(r"version `(\S+)' not found")
_OWN_WORDS = re.compile(r"^foldbase: (.+)$", re.MULTILINE)
_LOG_TAIL = 64 * 1024
_DEBIAN_PACKAGES = {
    "libcurl.so.4": "libcurl4",
    "liblzma.so.5": "liblzma5",
    "libcrypto.so.3": "libssl3",
    "libssl.so.3": "libssl3",
    "libstdc++.so.6": "libstdc++6",
    "libgcc_s.so.1": "libgcc-s1",
    "libgomp.so.1": "libgomp1",
}
_MONGOD_STATUSES = {
    48: ("its port was taken by another program", "start again"),
    62: ("its data was written by another version of MongoDB", "use the mongod that wrote it"),
    100: ("its data folder is in use or not writable", "end the other mongod, or choose another --data"),
}


def explain_exit(name: str, log: Path, log_start: int, status: int) -> ServerUnavailable:
    """The error for a server called `name` that ended with `status` before it was ready.

    log_start: offset in `log` where this run begins; status: as Popen.returncode has it.
    """
    told = _read(log, log_start)
    if missing := _MISSING_LIBRARY.search(told):
        return ServerUnavailable(name, f"the shared library {missing[1]} is missing", _install(missing[1]))
    if old := _OLD_LIBRARY.search(told):
        advice = f"install a {name} made for this system"
        return ServerUnavailable(name, f"this system is too old for it ({old[1]} not found)", advice)
    if status == _LOADER_FAILED:
        return ServerUnavailable(name, "a shared library is missing", f"see {log}")
    if own := _OWN_WORDS.search(told):
        return ServerUnavailable(name, own[1], f"its log is {log}")
    if name == "mongod" and status in _MONGOD_STATUSES:
        reason, advice = _MONGOD_STATUSES[status]
        return ServerUnavailable(name, reason, f"{advice} (its log is {log})")
    ended = f"ended with exit status {status}" if status >= 0 else f"was ended by signal {-status}"
    return ServerUnavailable(name, f"{ended} while it started", f"see its log {log}")


def _install(library: str) -> str:
    if package := _DEBIAN_PACKAGES.get(library):
        return f"run apt-get install {package}"
    return "install the package that holds it"


def _read(log: Path, start: int) -> str:
    with log.open("rb") as file:
        file.seek(start)
        return file.read(_LOG_TAIL).decode(errors="replace")
