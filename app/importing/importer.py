"""Importing: many records on their way at once, each through the same command as any other write."""

import asyncio
from collections.abc import Callable, Iterable

from app.importing.errors import RecordInvalid
from app.importing.formats import Record
from app.importing.storing import Storing
from app.importing.summary import Summary
from app.importing.supply import Supply
from commands.errors import DocumentExists, Refused, SchemaViolated
from events.errors import FoldbaseError, InvalidValue

UNDER_WAY = 2048


class Importer:
    """Imports records into one collection."""

    def __init__(self, storing: Storing) -> None:
        self._storing = storing

    async def run(self, found: Iterable[Record], tell: Callable[[Summary], None]) -> Summary:
        """Import all records; `tell` hears how far it is, often.

        Raises: FileUnusable, LogUnavailable: what was stored until then stays, and was told.
        """
        summary = Summary()
        supply = Supply(found)
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(UNDER_WAY):
                    tasks.create_task(self._work(supply, summary, tell))
        except* FoldbaseError as failed:
            raise failed.exceptions[0] from None
        if supply.fault is not None:
            raise supply.fault
        return summary

    async def _work(self, supply: Supply[Record], summary: Summary, tell: Callable[[Summary], None]) -> None:
        storing = self._storing
        for line, value in supply:
            try:
                written = await storing.store(storing.read(value))
            except DocumentExists as error:
                if storing.skips:
                    summary.skipped += 1
                else:
                    summary.refuse(line, _told(error))
            except (Refused, InvalidValue, RecordInvalid) as error:
                summary.refuse(line, _told(error))
            else:
                if written.changed:
                    summary.stored += 1
                else:
                    summary.unchanged += 1
            tell(summary)


def _told(error: Exception) -> str:
    if isinstance(error, SchemaViolated):
        return "; ".join(f"{pointer or 'the document'} {message}" for pointer, message in error.violations[:3])
    return str(error)
