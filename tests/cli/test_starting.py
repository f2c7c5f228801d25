"""A process that serves imports plainly, and nothing is changed for what comes after."""

import subprocess
import sys

SEEN = """
import gc, sys
from app.starting import plainly

with plainly():
    import structlog
assert not [name for name in sys.modules if name.split(".")[0] == "rich"]
assert gc.isenabled()
import rich.console
"""


def test_logs_are_imported_without_what_colours_them_which_is_there_for_others_afterwards() -> None:
    seen = subprocess.run([sys.executable, "-c", SEEN], capture_output=True, text=True)
    assert (seen.returncode, seen.stderr) == (0, "")
