"""What a user declares of a collection."""

from collections.abc import Iterable
from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, Field

from catalog.errors import shown
from catalog.fields import IndexPath, Strict, UniquePath, ViewName, refusal
from catalog.views import ViewDeclaration

MAX_INDEXES = 64
MAX_UNIQUE = 16
MAX_FIELDS = 8
MAX_VIEWS = 32


def _each_once(paths: Iterable[str]) -> Iterable[str]:
    seen: set[str] = set()
    for path in paths:
        field = path.removeprefix("-")
        if field in seen:
            raise refusal(f"{shown(field)} stands in it twice")
        seen.add(field)
    return paths


_Fields = Field(min_length=1, max_length=MAX_FIELDS)
IndexFields = Annotated[tuple[IndexPath, ...], _Fields, AfterValidator(_each_once)]
UniqueFields = Annotated[tuple[UniquePath, ...], _Fields, AfterValidator(_each_once)]


class Declaration(Strict):
    """A declaration that can be; made by `catalog.parsing.parse`, which checks the whole of it.

    At most 64 indexes and 16 unique sets of 8 fields each, 32 views of 8 group fields, 16 measures and
    16 conditions, a schema of 256 KiB and 64 levels, 512 KiB in all. Nothing in it may be changed.
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
