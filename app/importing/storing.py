"""Storing records: what of a record becomes a document, and the command that makes it one."""

from typing import NamedTuple

from app.importing.errors import RecordInvalid
from app.importing.job import OnConflict
from catalog.declared import Declared
from commands.documents import Put
from commands.ids import checked_id, new_id
from commands.requests import Key
from commands.writing import DocumentCommands, Written
from events.commit import JsonObject


class Wanted(NamedTuple):
    """A document to be: its own JSON, and its id, None where one is to be made."""

    body: JsonObject
    id: str | None


class Storing:
    """Stores the records of one import, each through the same command as any other write."""

    def __init__(
        self,
        commands: DocumentCommands,
        declared: Declared,
        *,
        id_field: str | None,
        on_conflict: OnConflict,
        actor: str,
        trace: str | None = None,
    ) -> None:
        """id_field: the field whose value becomes the id, and stays where it is."""
        self._commands = commands
        self._declared = declared
        self._id_field = id_field
        self._actor = actor
        self._trace = trace
        self._replaces = on_conflict == "replace"
        self.skips = on_conflict == "skip"

    def read(self, value: object) -> Wanted:
        """The document that a record stands for. What one read from foldbase has besides is taken off.

        value:  a JSON value, or a RecordInvalid, which is raised.
        Raises: RecordInvalid, BodyInvalid.
        """
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
        return Wanted(body, None if id is None else _id(id))

    async def store(self, wanted: Wanted, key: Key | None = None) -> Written:
        """Make it so. Raises DocumentExists unless documents are replaced; and as `DocumentCommands.write`."""
        body, id = wanted
        if not self._replaces:
            return await self._commands.create(
                self._declared, body, id=id, actor=self._actor, key=key, trace=self._trace
            )
        return await self._commands.write(
            self._declared,
            id or new_id(),
            Put(body),
            actor=self._actor,
            is_new=id is None,
            key=key,
            trace=self._trace,
        )


def _id(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise RecordInvalid("has an id that is neither a string nor a whole number", "/id")
    return checked_id(str(value))
