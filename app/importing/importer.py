"""Importing: many records on their way at once, each through the same command as any other write."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from app.importing.errors import FileUnusable, RecordInvalid
from app.importing.formats import Record
from catalog.declared import Declared
from commands.documents import Put
from commands.errors import DocumentExists, Refused, SchemaViolated
from commands.ids import checked_id, new_id
from commands.writing import DocumentCommands
from events.commit import JsonObject
from events.errors import FoldbaseError, InvalidValue

OnConflict = Literal["fail", "skip", "replace"]

UNDER_WAY = 2048
MOST_TOLD = 100
ACTOR = "import"


@dataclass(slots=True)
class Summary:
    """What became of the records. `refused` keeps the first 100 with their lines; `reasons` counts them all."""

    stored: int = 0
    unchanged: int = 0
    skipped: int = 0
    refused_count: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def read(self) -> int:
        """How many records were dealt with."""
        return self.stored + self.unchanged + self.skipped + self.refused_count

    def refuse(self, line: int, error: Exception) -> None:
        """Count a record that did not go in."""
        self.refused_count += 1
        self.reasons[type(error).__name__] += 1
        if len(self.refused) < MOST_TOLD:
            self.refused.append((line, _told(error)))


class Supply:
    """Records that many workers take from. What ends it early is kept, so that work under way can end."""

    def __init__(self, found: Iterable[Record]) -> None:
        self._found = iter(found)
        self.fault: FileUnusable | None = None

    def __iter__(self) -> Iterator[Record]:
        return self

    def __next__(self) -> Record:
        try:
            return next(self._found)
        except FileUnusable as fault:
            self.fault = fault
            raise StopIteration from None


class Importer:
    """Imports records into one collection."""

    def __init__(
        self,
        commands: DocumentCommands,
        declared: Declared,
        *,
        id_field: str | None,
        on_conflict: OnConflict,
        actor: str = ACTOR,
    ) -> None:
        """id_field: the field whose value becomes the id, and stays where it is."""
        self._commands = commands
        self._declared = declared
        self._id_field = id_field
        self._on_conflict = on_conflict
        self._actor = actor

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

    async def _work(self, supply: "Supply", summary: Summary, tell: Callable[[Summary], None]) -> None:
        for line, value in supply:
            try:
                await self._store(value, summary)
            except DocumentExists as error:
                if self._on_conflict == "skip":
                    summary.skipped += 1
                else:
                    summary.refuse(line, error)
            except (Refused, InvalidValue, RecordInvalid) as error:
                summary.refuse(line, error)
            tell(summary)

    async def _store(self, value: object, summary: Summary) -> None:
        body, id = self._read(value)
        if self._on_conflict == "replace":
            written = await self._commands.write(
                self._declared, id or new_id(), Put(body), actor=self._actor, is_new=id is None
            )
        else:
            written = await self._commands.create(self._declared, body, id=id, actor=self._actor)
        if written.changed:
            summary.stored += 1
        else:
            summary.unchanged += 1

    def _read(self, value: object) -> tuple[JsonObject, str | None]:
        """The document's own JSON and its id. What a document read from foldbase has besides is taken off."""
        if isinstance(value, RecordInvalid):
            raise value
        if not isinstance(value, dict):
            raise RecordInvalid("is no JSON object")
        body = value
        id = body.get("id")
        if "id" in body or "_meta" in body:
            body = {name: inner for name, inner in body.items() if name not in ("id", "_meta")}
        if self._id_field is not None and self._id_field != "id":
            id = body.get(self._id_field)
            if id is None:
                raise RecordInvalid(f"has no {self._id_field} to take the id from")
        return body, None if id is None else self._id(id)

    def _id(self, value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise RecordInvalid("has an id that is neither a string nor a whole number")
        return checked_id(str(value))


def _told(error: Exception) -> str:
    if isinstance(error, SchemaViolated):
        return "; ".join(f"{pointer or 'the document'} {message}" for pointer, message in error.violations[:3])
    return str(error)
