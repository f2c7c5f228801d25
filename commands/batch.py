"""Batches: several commands in one request, some of which need the ids of others.

`{"$id_of": 2}`, as an id or anywhere as a value in a body, stands for the id of the command at place 2.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from catalog.errors import CatalogError
from commands.errors import BodyInvalid, DependencyFailed
from commands.writing import Written
from events.errors import FoldbaseError
from events.values import MOST_NESTING

MOST_COMMANDS = 1000

_NAME = "$id_of"
_MOST_NESTING = MOST_NESTING + 2  # the value of an operation stands in it, and that in a list

Ids = Sequence[str | None]
"""The ids of the commands that are done, by their places; None where there is none (yet)."""

Outcome = Written | FoldbaseError | CatalogError
Execute = Callable[[int, Ids], Awaitable[Written]]


class Entry(NamedTuple):
    """One command of a batch, as far as the others are concerned.

    id:    None where the server chooses it; a place where it is that command's id.
    needs: the places of all the commands whose ids it needs.
    """

    collection: str
    id: str | int | None
    needs: frozenset[int]


def referred(value: Any) -> int | None:
    """The place that a reference names; None for any other value."""
    if isinstance(value, dict) and len(value) == 1 and _NAME in value:
        place = value[_NAME]
        return place if type(place) is int else -1
    return None


def references(value: Any, place: int) -> frozenset[int]:
    """The places that a value refers to. Raises BodyInvalid unless each is of a command before `place`."""
    found = set()
    for each in _all(value):
        if not 0 <= each < place:
            raise BodyInvalid("", f'refers with "{_NAME}" to a command that does not come before it')
        found.add(each)
    return frozenset(found)


def resolved(value: Any, ids: Ids, depth: int = 0) -> Any:
    """The value with ids in place of its references. Raises BodyInvalid where it is nested too deeply."""
    if depth > _MOST_NESTING:
        raise BodyInvalid("", f"is nested deeper than {MOST_NESTING} levels")
    if isinstance(value, dict):
        place = referred(value)
        if place is not None:
            return ids[place]
        return {name: resolved(each, ids, depth + 1) for name, each in value.items()}
    return [resolved(each, ids, depth + 1) for each in value] if isinstance(value, list) else value


async def run(entries: Sequence[Entry], execute: Execute) -> list[Outcome]:
    """Execute the commands, each as soon as it may begin: those of one document in their order.

    What one of them is refused for stops none but those that need its id.
    """
    ids: list[str | None] = [None] * len(entries)
    tasks: list[asyncio.Task[Outcome]] = []

    async def one(place: int, before: int | None) -> Outcome:
        if before is not None:
            await asyncio.wait([tasks[before]])
        for needed in sorted(entries[place].needs):
            await asyncio.wait([tasks[needed]])
            if ids[needed] is None:
                return DependencyFailed(needed)
        try:
            written = await execute(place, ids)
        except (FoldbaseError, CatalogError) as error:
            return error
        ids[place] = written.id
        return written

    try:
        for place, before in enumerate(_predecessors(entries)):
            tasks.append(asyncio.create_task(one(place, before), name="command"))
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


def _all(value: Any) -> list[int]:
    """The references of a value, however deep."""
    found, left = [], [value]
    while left:
        each = left.pop()
        place = referred(each)
        if place is not None:
            found.append(place)
        elif isinstance(each, dict):
            left.extend(each.values())
        elif isinstance(each, list):
            left.extend(each)
    return found


def _predecessors(entries: Sequence[Entry]) -> list[int | None]:
    """For each command the one before it on the same document."""
    last: dict[tuple[str, str | int], int] = {}
    found = []
    for place, entry in enumerate(entries):
        document = entry.collection, _document(entries, place)
        found.append(last.get(document))
        last[document] = place
    return found


def _document(entries: Sequence[Entry], place: int) -> str | int:
    """The id of a command's document; where the server chooses it, the place of the command that makes it."""
    id = entries[place].id
    while isinstance(id, int):
        place, id = id, entries[id].id
    return place if id is None else id
