"""What a user declares of a collection."""

from typing import Annotated, Any

import orjson
from pydantic import Field

from catalog.fields import MAX_FIELDS, EachOnce, IndexPath, Strict, UniquePath, ViewName
from catalog.views import ViewDeclaration

MAX_INDEXES = 64
MAX_UNIQUE = 16
MAX_VIEWS = 32

_Fields = Field(min_length=1, max_length=MAX_FIELDS)
IndexFields = Annotated[tuple[IndexPath, ...], _Fields, EachOnce]
UniqueFields = Annotated[tuple[UniquePath, ...], _Fields, EachOnce]


class Declaration(Strict):
    """A declaration that can be; made by `catalog.parsing.parse`, which checks the whole of it.

    At most 64 indexes and 16 unique sets of 8 fields each, 32 views of 8 group fields, 16 measures,
    16 conditions and 8 orders, a schema of 256 KiB and 64 levels, 512 KiB in all. Nothing in it may be changed.
    """

    json_schema: Any = Field(None, alias="schema")
    unique: Annotated[tuple[UniqueFields, ...], Field(max_length=MAX_UNIQUE)] = ()
    indexes: Annotated[tuple[IndexFields, ...], Field(max_length=MAX_INDEXES)] = ()
    views: dict[ViewName, ViewDeclaration] = Field({}, max_length=MAX_VIEWS)
    require_if_match: bool = False

    def body(self) -> dict[str, Any]:
        """The declaration as JSON, in the form it is declared in; what equals its default is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    def text(self) -> str:
        """`body` written as JSON; `parse` reads the same declaration back."""
        return orjson.dumps(self.body()).decode()

    def is_same(self, other: "Declaration") -> bool:
        """Whether both say the same: the order of keys does not matter, 1 and true do not equal."""
        return self._sorted() == other._sorted()

    def _sorted(self) -> bytes:
        return orjson.dumps(self.body(), option=orjson.OPT_SORT_KEYS)
