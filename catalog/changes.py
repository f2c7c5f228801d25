"""What becomes of a collection's record when it is declared or dropped."""

from collections.abc import Mapping
from typing import Any

from catalog.collection import Collection, now
from catalog.declaration import Declaration
from catalog.errors import CollectionMissing, DeclarationInvalid

FieldSets = tuple[tuple[str, ...], ...]


def declaring(
    name: str, declaration: Declaration, over: Collection | None, floors: Mapping[int, int] | None = None
) -> Collection | None:
    """The record that declares `name` so; None when `over` does already.

    A dropped collection begins anew with its revisions counted on and its floors kept, or raised to
    `floors`: what was written to it by a process that had not heard of the drop is gone as well.
    """
    if over is None:
        return _first(name, declaration)
    if over.says(declaration):
        return None
    begun = {"created_at": now(), "floors": _raised(over, floors or {})} if over.dropped else {}
    return _next(over, declaration=declaration.text(), dropped=False, **begun)


def dropping(name: str, floors: Mapping[int, int], over: Collection | None) -> Collection:
    """The record that says `name` is dropped, with all up to `floors` (partition -> position) gone.

    Raises: CollectionMissing: there is nothing to drop.
    """
    if over is None or over.dropped:
        raise CollectionMissing(name)
    return _next(over, dropped=True, floors=_raised(over, floors))


def newly_unique(declaration: Declaration, over: Collection | None) -> FieldSets:
    """The unique sets of `declaration` that `over`, a live collection, does not keep yet."""
    if over is None or over.dropped:
        return ()
    try:
        kept = over.parsed().unique
    except DeclarationInvalid:
        kept = ()
    return tuple(fields for fields in declaration.unique if fields not in kept)


def _raised(over: Collection, floors: Mapping[int, int]) -> dict[str, int]:
    """The floors of `over`, or `floors` where these are higher."""
    raised = {str(partition): position for partition, position in floors.items()}
    kept = {partition: max(position, raised.get(partition, 0)) for partition, position in over.floors.items()}
    return raised | kept


def _first(name: str, declaration: Declaration) -> Collection:
    instant = now()
    return Collection(
        id=name,
        revision=1,
        change=0,
        declaration=declaration.text(),
        created_at=instant,
        updated_at=instant,
    )


def _next(over: Collection, **changed: Any) -> Collection:
    step = {"revision": over.revision + 1, "updated_at": now()}
    successor: Collection = over.model_copy(update=step | changed)
    return successor
