"""What a query must answer, written down as plainly as can be: a filter and a sort over all documents."""

from collections.abc import Mapping, Sequence
from functools import cmp_to_key
from typing import Any

from catalog.declared import Condition, Index, IndexField
from events.document import Present, meta
from queries.query import Query

Value = tuple[int, Any]
"""A kind, in the order of kinds, and what sorts within it."""

MISSING: Value = (0, 0)
_OPAQUE = 7


def matching(documents: Mapping[str, Present], where: Sequence[Condition]) -> list[str]:
    """The ids of the documents that fit."""
    paths = {condition.path for condition in where}
    return [
        id for id, document in documents.items() if all(fitting(id, document, path, where) for path in paths)
    ]


def in_order(documents: Mapping[str, Present], query: Query, index: Index | None) -> list[str]:
    """The ids of all documents that fit, in the order they must be given by `index`; None: a scan."""
    ids = matching(documents, query.where)
    if index is None and not query.sort:
        return sorted(ids, key=lambda id: documents[id].birth, reverse=True)
    fields = [*query.sort, *([] if index is None else _left(index, query))]
    backwards = index is not None and _is_backwards(index, query)

    def compared(one: str, other: str) -> int:
        for field in fields:
            mine, theirs = (_stands(each, documents[each], field, query.where) for each in (one, other))
            if mine != theirs:
                return (mine > theirs) * 2 - 1 if not field.descending else (mine < theirs) * 2 - 1
        by_id = (one > other) * 2 - 1
        return -by_id if backwards else by_id

    return sorted(ids, key=cmp_to_key(compared))


def fitting(id: str, document: Present, path: str, where: Sequence[Condition]) -> list[Value]:
    """The values at a path, each element of an array, that fulfil all conditions on the path."""
    conditions = [condition for condition in where if condition.path == path]
    return [value for value in _values(id, document, path) if all(_holds(each, value) for each in conditions)]


def _stands(id: str, document: Present, field: IndexField, where: Sequence[Condition]) -> Value:
    values = fitting(id, document, field.path, where)
    return max(values) if field.descending else min(values)


def _left(index: Index, query: Query) -> list[IndexField]:
    """What orders those whose sort is the same: the index, travelled as it must be."""
    backwards = _is_backwards(index, query)
    return [IndexField(field.path, field.descending is not backwards) for field in _travelled(index, query)]


def _travelled(index: Index, query: Query) -> list[IndexField]:
    """The fields of an index that order what is found. Of stretches that are merged, those behind them."""
    several = {each.path for each in query.where if each.operator in ("eq", "in") or each.value is False}
    return [field for field in index.fields if _is_in_turn(index, query) or field.path not in several]


def _is_in_turn(index: Index, query: Query) -> bool:
    """Whether the order asked for is that of the index: no stretches are merged."""
    fields, sort = (
        [field for field in some if field.path not in _single(query)]
        for some in ((*index.fields, IndexField("id", False)), query.sort)
    )
    pairs = list(zip(fields, sort, strict=False))
    turns = {field.descending is not wanted.descending for field, wanted in pairs}
    return len(turns) <= 1 and all(field.path == wanted.path for field, wanted in pairs)


def _is_backwards(index: Index, query: Query) -> bool:
    directions = {field.path: field.descending for field in index.fields} | {"id": False}
    left = [field for field in query.sort if field.path not in _single(query)]
    several = {each.path for each in query.where if each.operator == "in"}
    for field in [*(field for field in left if field.path not in several), *left]:
        return directions[field.path] is not field.descending
    return False


def _single(query: Query) -> set[str]:
    """Paths that must equal one value, or none."""
    found: dict[str, set[Value]] = {}
    for each in query.where:
        if each.operator in ("eq", "in"):
            wanted = {_value(value) for value in (each.value if each.operator == "in" else (each.value,))}
            found[each.path] = found.get(each.path, wanted) & wanted
        elif each.operator == "exists" and not each.value:
            found[each.path] = found.get(each.path, {MISSING}) & {MISSING}
    for path, wanted in found.items():
        found[path] = {
            value for value in wanted if all(_holds(each, value) for each in query.where if each.path == path)
        }
    return {path for path, wanted in found.items() if len(wanted) <= 1}


def _values(id: str, document: Present, path: str) -> list[Value]:
    found: Any = {**document.body, "id": id, "_meta": meta(document)}
    for name in path.split("."):
        if not isinstance(found, dict) or name not in found:
            return [MISSING]
        found = found[name]
    return (
        [_value(each, within=True) for each in found] if isinstance(found, list) and found else [_value(found)]
    )


def _value(value: Any, *, within: bool = False) -> Value:
    match value:
        case None:
            return 2, 0
        case bool():
            return (4 if value else 3), 0
        case int() | float():
            return 5, value
        case str():
            return 6, value
        case [] if not within:
            return 1, 0
    return _OPAQUE, 0


def _holds(condition: Condition, value: Value) -> bool:
    kind, _ = value
    match condition.operator, condition.value:
        case "exists", wanted:
            return (value != MISSING) is wanted
        case "prefix", start:
            return kind == 6 and value[1].startswith(start)
        case "eq", wanted:
            return value == _value(wanted)
        case "in", choices:
            return any(value == _value(choice) for choice in choices)
    bound = _value(condition.value)
    if _family(bound) != _family(value):
        return False
    match condition.operator:
        case "lt":
            return value < bound
        case "lte":
            return value <= bound
        case "gt":
            return value > bound
    return value >= bound


def _family(value: Value) -> int:
    return 3 if value[0] == 4 else value[0]
