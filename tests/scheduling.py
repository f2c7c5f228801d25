"""Which tests stay together in one process, where there are several."""

from pathlib import PurePath
from typing import Any

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

SHARING = ("cli", "docs", "faults", "http", "openapi")
"""Folders whose tests share a deployment: it is started once where they stay together."""

LONGEST = (
    "faults",
    "http",
    "cli",
    "tests/flights/test_published_numbers.py",
    "tests/projections/test_taking_over.py",
    "tests/projections/test_shared_rebuilds.py",
)
"""What takes longest though it may have few tests: begun last, it would keep one process busy alone."""


class ByDeployment(LoadScopeScheduling):  # type: ignore[misc]
    """A file's tests stay together, and a folder's where they share a deployment.

    The longest go first, then what has most tests.
    """

    def _assign_work_unit(self, node: Any) -> None:
        for scope in LONGEST:
            if scope in self.workqueue:
                self.workqueue.move_to_end(scope, last=False)
                break
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = PurePath(file).parts[1]
        return folder if folder in SHARING else file
