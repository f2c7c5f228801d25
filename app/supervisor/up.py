"""The course of one `foldbase up`: hold the folder, clear up, listen, start, greet, keep, stop."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from app.settings import Settings
from app.supervisor import processes, programs, run_file
from app.supervisor.errors import FolderUnusable, StopAsked
from app.supervisor.folder import held
from app.supervisor.greeting import greeting
from app.supervisor.leftovers import end_leftovers
from app.supervisor.listening import listen
from app.supervisor.plan import make_plan
from app.supervisor.run_file import Run
from app.supervisor.signals import Signals
from app.supervisor.signing import Signing
from app.supervisor.supervisor import Supervisor

STORES_TIMEOUT = 60.0
PROGRAMS_TIMEOUT = 60.0


def up(settings: Settings, say: Callable[[str], None]) -> None:
    """Run everything until SIGINT, SIGTERM or SIGHUP, and leave no process behind.

    say: told what a person should read, without a newline at its end.
    Raises: UpRefused, ServerUnavailable or another FoldbaseError, when it can not start.
    """
    with held(settings.data) as folder, Signals() as signals, ExitStack() as closing:
        try:
            end_leftovers(folder)
            supervisor = Supervisor(signals, say, lambda each: _record(folder, plan.run, each))
            closing.callback(run_file.remove, folder)
            closing.callback(supervisor.stop)
            sockets = [
                closing.enter_context(each) for each in listen(settings.host, settings.port, settings.workers)
            ]
            signing = Signing.of(settings, folder)
            plan = make_plan(settings, folder, [each.fileno() for each in sockets], signing)
            supervisor.bring_up(plan.stores, STORES_TIMEOUT, meanwhile=programs.load)
            supervisor.bring_up(plan.programs, PROGRAMS_TIMEOUT)
            say(greeting(plan.run.api, signing.token, folder))
            supervisor.watch()
        except StopAsked:
            pass
        except OSError as error:
            raise FolderUnusable(folder, error.strerror or str(error)) from error


def _record(folder: Path, run: Run, supervisor: Supervisor) -> None:
    me = os.getpid()
    started = {str(me): processes.started(me) or "", **supervisor.started()}
    run_file.write(folder, replace(run, pids={"supervisor": me, **supervisor.pids()}, started=started))
