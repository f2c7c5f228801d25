"""What a killed `foldbase up` left running is ended, and nothing else is."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.embedded import RedisServer, Running, start
from app.supervisor import processes, run_file
from app.supervisor.leftovers import end_leftovers
from app.supervisor.run_file import Run

DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()"


@contextmanager
def ended(running: Running) -> Iterator[Running]:
    try:
        yield running
    finally:
        running.process.kill()
        running.process.wait()


def leave(folder: Path, pid: int, started: str | None) -> None:
    run_file.write(
        folder,
        Run("http://x", "", "", {"redis-server": pid, "api": []}, {str(pid): started} if started else {}),
    )


def test_a_server_left_running_is_ended_and_its_record_removed(tmp_path: Path) -> None:
    [running] = start(RedisServer.prepare(tmp_path / "redis"))
    with ended(running):
        leave(tmp_path, running.pid, processes.started(running.pid))
        assert end_leftovers(tmp_path) == 1
        assert running.process.poll() == 0
        assert run_file.read(tmp_path) is None


def test_a_server_that_was_stopped_goes_on_to_end_in_order(tmp_path: Path) -> None:
    [running] = start(RedisServer.prepare(tmp_path / "redis"))
    with ended(running):
        running.process.send_signal(signal.SIGSTOP)
        leave(tmp_path, running.pid, processes.started(running.pid))
        assert end_leftovers(tmp_path, grace=60) == 1
        assert running.process.poll() == 0


def test_a_server_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    deaf = subprocess.Popen([sys.executable, "-c", DEAF, "deaf-server"], stdout=subprocess.PIPE)
    assert deaf.stdout is not None
    with deaf.stdout as said:
        said.readline()
    leave(tmp_path, deaf.pid, processes.started(deaf.pid))
    assert end_leftovers(tmp_path, grace=0.1) == 1
    assert deaf.wait() == -signal.SIGKILL


def test_a_process_that_started_at_another_time_is_left_alone(tmp_path: Path) -> None:
    [running] = start(RedisServer.prepare(tmp_path / "redis"))
    with ended(running):
        leave(tmp_path, running.pid, "1")
        assert end_leftovers(tmp_path) == 0
        assert running.is_ready()


def test_a_process_of_another_program_is_left_alone(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    leave(tmp_path, other.pid, processes.started(other.pid))
    assert end_leftovers(tmp_path) == 0
    assert other.poll() is None
    other.communicate(b"\n")


def test_a_folder_where_nothing_ran_has_no_leftovers(tmp_path: Path) -> None:
    assert end_leftovers(tmp_path) == 0
