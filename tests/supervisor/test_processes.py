"""What the system says about a process: it is there until all of it has ended."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.supervisor import processes
from tests.deployments import until

HEADLESS = """
import ctypes, threading
threading.Thread(target=input).start()
print(flush=True)
ctypes.CDLL(None).pthread_exit(None)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="`ps` does not tell threads apart")
def test_a_process_is_there_until_its_last_thread_has_ended() -> None:
    """A server that is told to end closes its files when its last thread has ended, and not its first one."""
    child = subprocess.Popen([sys.executable, "-c", HEADLESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    status = Path(f"/proc/{child.pid}/status")
    until(lambda: "State:\tZ" in status.read_text())
    assert processes.started(child.pid) is not None
    assert child.poll() is None
    child.kill()
    until(lambda: processes.started(child.pid) is None)
    assert child.wait(5) < 0
    child.communicate()
