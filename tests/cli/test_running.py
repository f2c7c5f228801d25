"""What a command logs does not get into what it answers."""

import subprocess
import sys

LOGGING = """
import structlog
from app.cli.running import run

async def work():
    structlog.get_logger().warning("something was lost")
    return "the answer"

print(run(work()))
"""


def test_what_is_logged_goes_to_standard_error() -> None:
    done = subprocess.run([sys.executable, "-c", LOGGING], capture_output=True, text=True, check=True)
    assert done.stdout == "the answer\n"
    assert "something was lost" in done.stderr
