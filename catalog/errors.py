"""The catalog's tree of errors; every one carries fields and says what to do.

CatalogError
  DeclarationInvalid    the declaration cannot be         correct what `problems` names
  CollectionMissing     no such collection is declared    declare it
  UniqueNeedsEmpty      documents came before the rule    drop the collection, or keep its unique sets
  NoteTaken             the change was made before        look at the note that is kept
  CatalogUnavailable    MongoDB did not answer in time    try again; declaring is idempotent
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing wrong with a declaration. `pointer` is a JSON pointer into its body ("" is all of it)."""

    pointer: str
    message: str


class CatalogError(Exception):
    """The root of every error the catalog raises on purpose."""


@dataclass(eq=False)
class DeclarationInvalid(CatalogError):
    """A declaration that cannot be. Nothing was changed. `problems`: 1 to 100 of them."""

    problems: list[Problem]

    def __str__(self) -> str:
        return "; ".join(f"{pointer or 'the declaration'}: {message}" for pointer, message in self.problems)


@dataclass(eq=False)
class CollectionMissing(CatalogError):
    """No collection of this name is declared, or it was dropped."""

    name: str

    def __str__(self) -> str:
        return f"no collection {shown(self.name)} is declared"


@dataclass(eq=False)
class UniqueNeedsEmpty(CatalogError):
    """A unique set was added to a collection that has documents, which nobody has compared yet.

    Nothing was changed. `added` are the sets that were not unique before.
    """

    name: str
    added: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        sets = " and ".join("+".join(fields) for fields in self.added)
        return (
            f"{self.name} has documents, so {sets} cannot become unique in it: "
            "declare a new collection with it and import the documents there, or drop this one first"
        )


class NoteTaken(CatalogError):
    """A note with this `_id` was left with a change before. Nothing was changed now."""


@dataclass(eq=False)
class CatalogUnavailable(CatalogError):
    """The catalog could not be read or written. A change may or may not have been made; make it again."""

    reason: str

    def __str__(self) -> str:
        return f"the catalog is not available: {self.reason}"


def shown(text: str, most: int = 80) -> str:
    """`text` in quotes, its middle left out when it is longer than `most` characters."""
    return f'"{shortened(text, most)}"'


def shortened(text: str, most: int) -> str:
    """`text` in at most `most` characters (3 or more): both ends, and an ellipsis between them."""
    if len(text) <= most:
        return text
    end = (most - 1) // 2
    return f"{text[: most - 1 - end]}…{text[-end:]}"


def refuse(problems: Iterable[Problem]) -> None:
    """Raise DeclarationInvalid when there is a problem; the first 100 are named."""
    if found := list(problems)[:100]:
        raise DeclarationInvalid(found)
