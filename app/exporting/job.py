"""One export from the command line, from the name of the collection to the file."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, aclosing, contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from app.exporting.errors import FileRefused
from app.exporting.export import parts
from app.exporting.order import format_named, order
from app.exporting.sources import ROWS
from app.exporting.total import documents_now
from app.progress import ProgressLine
from app.settings import Settings
from app.stores import stores


class ExportJob(NamedTuple):
    """What to export, and where to. output: None is standard output."""

    collection: str
    view: str | None
    format: str
    at: str | None
    output: Path | None
    defused: bool


class Done(NamedTuple):
    """What was written: how many records as of which positions, how many bytes, in what time."""

    records: int
    position: str
    size: int
    seconds: float


async def run_export(settings: Settings, job: ExportJob) -> Done:
    """Export from a deployment. The file is there when it is whole, and not before.

    Raises: CollectionMissing, ViewMissing, QueryInvalid, FileRefused, LogUnavailable.
    """
    started, size = time.monotonic(), 0
    async with stores(settings) as opened:
        log, format = opened.log, format_named(job.format)
        wanted = await order(
            log, opened.catalog, job.collection, job.view, format, at=job.at, defused=job.defused
        )
        total = await documents_now(opened, job.collection) if job.at is None else None
        with _Phases(job.collection, total) as phases, _written(job.output) as file:
            async with aclosing(parts(log, wanted, phases.tell)) as made:
                async for part in made:
                    file.write(part)
                    size += len(part)
    return Done(phases.done, wanted.position, size, time.monotonic() - started)


class _Phases(ExitStack):
    """Shows what is gone through; an export may look at all documents first, or fold them to rows.

    total: how many documents there are, about; None for unknown.
    """

    def __init__(self, collection: str, total: int | None) -> None:
        super().__init__()
        self._total = total
        self.done = 0
        self._collection = collection
        self._doing = ""

    def tell(self, doing: str, done: int) -> None:
        """So much of it was gone through."""
        if doing != self._doing:
            self.close()
            self._doing = doing
            self._line = self.enter_context(ProgressLine(self._collection, doing))
        self.done = done
        self._line.show(done, self._expected())

    def _expected(self) -> int | None:
        """How many there will be, about; the projections may be behind what was gone through already."""
        return None if self._total is None or self._doing == ROWS else max(self._total, self.done)


@contextmanager
def _standard_output() -> Iterator[BinaryIO]:
    """Standard output, flushed at the end. Raises FileRefused; BrokenPipeError: nobody reads any more."""
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # where what is left goes as the process ends
        raise FileRefused("standard output", error.strerror or str(error)) from None


@contextmanager
def _written(output: Path | None) -> Iterator[BinaryIO]:
    """Where to write to. Raises FileRefused.

    A file takes its name when everything is written; a link stays one. A device or a pipe is written to as it
    is: it must not become a file.
    """
    if output is None:
        with _standard_output() as out:
            yield out
        return
    try:
        if output.exists() and not output.is_file():
            with output.open("wb") as device:
                yield device
        else:
            with _beside(output.resolve()) as file:
                yield file
    except OSError as error:
        raise FileRefused(str(output), error.strerror or str(error)) from None


@contextmanager
def _beside(output: Path) -> Iterator[BinaryIO]:
    """A file that takes the name `output` at the end. Raises OSError."""
    beside = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            yield file
        beside.replace(output)
    finally:
        beside.unlink(missing_ok=True)
