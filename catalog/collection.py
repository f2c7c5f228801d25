"""The record of a collection in MongoDB, one document each in `collections`."""

from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, ClassVar

import orjson
from beanie import Document
from pydantic import BaseModel, Field
from pymongo import IndexModel

from catalog.declaration import Declaration
from catalog.declared import Declared, runtime_indexes, runtime_schema, runtime_views
from catalog.errors import DeclarationInvalid
from catalog.parsing import parse
from catalog.schema import DocumentSchema

MOST_READ = 8
"""Declarations that are kept as they were read: a change of one asks for it, old and new, again and again."""

Note = dict[str, Any]
"""What is left with a change of a collection: BSON with an `_id` of its own, and not looked into."""


class Collection(Document):
    """A declared or dropped collection; a dropped one stays, so that its documents stay gone.

    id:          the collection's name.
    revision:    counted up by one at each change of this collection.
    change:      counted up at each change of any: the one made last has the greatest, no two share one.
    declaration: JSON text, so that MongoDB never sees the keys in it ($ref, dots) as its own.
    floors:      partition -> position, int64; documents at or below were dropped.
    note:        what was left with the change made last; whoever makes the next one keeps it elsewhere first.
    """

    id: str  # type: ignore[assignment]
    revision: int
    change: int
    declaration: str
    dropped: bool = False
    floors: dict[str, int] = Field({})
    created_at: datetime
    updated_at: datetime
    note: Note | None = None

    class Settings:
        """Where Beanie keeps these documents."""

        name = "collections"
        indexes: ClassVar[list[Any]] = [
            IndexModel([("change", 1)], name="change", unique=True),
            IndexModel([("note._id", 1)], name="note", sparse=True),
        ]

    def declared(self) -> Declared | None:
        """What is declared; None for a dropped collection.

        Raises: DeclarationInvalid: a newer foldbase wrote what this one does not know.
        """
        if self.dropped:
            return None
        declaration, schema = _read(self.declaration)
        return Declared(
            name=self.id,
            revision=self.revision,
            unique=declaration.unique,
            indexes=runtime_indexes(declaration),
            views=runtime_views(declaration),
            schema=schema,
            require_if_match=declaration.require_if_match,
            created_at=self.created_at,
            updated_at=self.updated_at,
            floors=MappingProxyType({int(partition): position for partition, position in self.floors.items()}),
            body=declaration.body(),
        )

    def parsed(self) -> Declaration:
        """The declaration it holds. Raises: DeclarationInvalid: it is of a newer foldbase."""
        return _read(self.declaration)[0]

    def says(self, declaration: Declaration) -> bool:
        """Whether it holds `declaration` already."""
        try:
            return not self.dropped and self.parsed().is_same(declaration)
        except DeclarationInvalid:
            return False


@lru_cache(maxsize=MOST_READ)
def _read(text: str) -> tuple[Declaration, DocumentSchema | None]:
    """A declaration as it is stored, and its schema compiled. Raises DeclarationInvalid."""
    declaration = parse(orjson.loads(text))
    return declaration, runtime_schema(declaration)


class Newest(BaseModel):
    """The number of the change made last."""

    change: int


def now() -> datetime:
    """The time, in the whole milliseconds that MongoDB keeps."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
