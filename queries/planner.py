"""The planner: which index serves a query fully, filter and order both, and how it is travelled.

An index serves a query when its first fields are those that must equal something, in any order, then comes at
most one field with a range, and then the order asked for, as the index has it or wholly the other way round.
Fields that may equal several values are several stretches of the index: travelled one after the other where
that is the order asked for, else merged; where the order asked for names these fields, too, by what it says.
"""

from collections.abc import Iterable, Mapping
from math import prod
from typing import NamedTuple

from catalog.declared import Index, IndexField
from catalog.names import path_problem
from queries.constraints import Constraint, Points

MOST_STRETCHES = 1000
_SPAN = -1
_ID = IndexField("id", False)

Asked = tuple[tuple[str, int], ...]
"""Paths, and how many values each may equal; a span counts as _SPAN."""

Sort = tuple[IndexField, ...]
Choice = tuple[Index, "Way"] | None


class Spliced(NamedTuple):
    """An equal field that the order asked for names: by it, too, stretches are merged.

    field:  its place in the index.
    behind: so many of the fields that follow the equal ones stand before it in the order asked for.
    turned: whether it is merged the other way round than the index has it.
    """

    field: int
    behind: int
    turned: bool


class Way(NamedTuple):
    """How an index serves a query.

    equal:     how many of its first fields must equal something.
    fixed:     how many of the first of them must equal one value.
    constrained: how many of its first fields are constrained at all: `equal`, or one more.
    merged:    whether stretches are merged, by what follows the `equal` fields, with `spliced` among them.
    backwards: whether it is travelled from its end.
    """

    equal: int
    fixed: int
    constrained: int
    merged: bool
    backwards: bool
    spliced: tuple[Spliced, ...] = ()


def choose(indexes: tuple[Index, ...], where: Mapping[str, Constraint], sort: Sort) -> Choice:
    """The best index of those that serve, None where none does: without a merge, with the fewest fields."""
    counts = dict(asked(where))
    ways = ((index, _way(index, counts, sort)) for index in indexes)
    serving = [(index, way) for index, way in ways if way is not None]
    return min(serving, key=lambda found: (found[1].merged, len(found[0].fields), found[0].name), default=None)


def asked(where: Mapping[str, Constraint]) -> Asked:
    """What of a filter decides which index serves it."""
    return tuple(
        [(path, len(each.values) if isinstance(each, Points) else _SPAN) for path, each in where.items()]
    )


def _way(index: Index, where: Mapping[str, int], sort: Sort) -> Way | None:
    counts = [where.get(field.path) for field in index.fields]
    equal = _leading(counts)
    constrained = equal + (counts[equal : equal + 1] == [_SPAN])
    if constrained != len(where) or prod(count or 0 for count in counts[:equal]) > MOST_STRETCHES:
        return None
    fields, settled = (*index.fields, _ID), {path for path, count in where.items() if 0 <= count <= 1}
    wanted = [field for field in sort if field.path not in settled]
    several = next((place for place in range(equal) if index.fields[place].path not in settled), equal)
    in_turn = [field for field in fields[several:] if field.path not in settled]
    backwards = _direction(in_turn, wanted)
    fixed = next((place for place in range(equal) if counts[place] != 1), equal)
    if backwards is not None:
        return Way(equal, fixed, constrained, False, backwards)
    merge = _merge(index, equal, wanted)
    return None if merge is None else Way(equal, fixed, constrained, True, *merge)


def _merge(index: Index, equal: int, wanted: list[IndexField]) -> tuple[bool, tuple[Spliced, ...]] | None:
    """Whether backwards, and with what spliced in, stretches are merged to the order wanted; None: not at all.

    equal: how many fields of the index they differ by.
    """
    places = {field.path: place for place, field in enumerate(index.fields[:equal])}
    following = [field for field in wanted if field.path not in places]
    backwards = _direction((*index.fields[equal:], _ID), following)
    if backwards is None:
        return None
    if not following and wanted:
        backwards = index.fields[places[wanted[0].path]].descending is not wanted[0].descending
    spliced: list[Spliced] = []
    for number, field in enumerate(wanted):
        if field.path in places:
            place, ahead = places[field.path], number - len(spliced)
            turned = (index.fields[place].descending is not field.descending) is not backwards
            spliced.append(Spliced(place, ahead, turned))
    is_after_id = any(each.behind > len(index.fields) - equal for each in spliced)
    return None if is_after_id else (backwards, tuple(spliced))


def _leading(counts: list[int | None]) -> int:
    """How many of the first fields must equal something."""
    for place, count in enumerate(counts):
        if count is None or count == _SPAN:
            return place
    return len(counts)


def _direction(fields: Iterable[IndexField], wanted: list[IndexField]) -> bool | None:
    """Whether `fields` must be travelled backwards to give the order wanted; None where neither way does."""
    pairs = list(zip(fields, wanted, strict=False))
    if len(pairs) < len(wanted) or any(field.path != want.path for field, want in pairs):
        return None
    turns = {field.descending is not want.descending for field, want in pairs}
    return None if len(turns) > 1 else turns == {True}


def index_for(where: Mapping[str, Constraint], sort: Sort) -> Index | None:
    """An index to declare that would serve the query; None where none could."""
    counts = dict(asked(where))
    fixed = [path for path, count in counts.items() if 0 <= count <= 1]
    sorted_by = [field for field in sort if field.path not in fixed]
    several = [path for path, count in counts.items() if count > 1]
    in_turn = [path for path in several if path not in {field.path for field in sorted_by}]
    for equal in (in_turn, several):
        following = [field for field in sorted_by if field.path not in equal]
        paths = {field.path for field in following}
        ranged = [path for path, count in counts.items() if count == _SPAN and path not in paths]
        index = Index((*(IndexField(path, False) for path in (*fixed, *equal, *ranged)), *following))
        if _is_declarable(index) and _way(index, counts, sort):
            return index
    return None


def _is_declarable(index: Index) -> bool:
    return 0 < len(index.fields) <= 8 and not any(path_problem(field.path) for field in index.fields)
