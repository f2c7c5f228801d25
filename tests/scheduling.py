"""Which tests stay together in one process, where there are several."""

from pathlib import PurePath

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

SHARING = ("docs", "http", "openapi")
"""Folders whose tests share a deployment, which lasts as long as the process: a process has one catalog."""


class ByDeployment(LoadScopeScheduling):  # type: ignore[misc]
    """A file's tests stay together, and a folder's where they share a deployment; what has most goes first."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = PurePath(file).parts[1]
        return folder if folder in SHARING else file
