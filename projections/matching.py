"""Matching: whether a document is what a query or a view asks for."""

import operator
from collections.abc import Callable, Iterable
from functools import partial
from types import NoneType
from typing import Any

from catalog.declared import Condition
from events.document import Present
from projections.paths import MISSING, reader

Predicate = Callable[[str, Present], bool]
_Test = Callable[[Any], bool]

_KINDS: dict[type, int] = {NoneType: 0, bool: 1, int: 2, float: 2, str: 3}
_RANGES = {"lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge}


def compile(conditions: Iterable[Condition]) -> Predicate:
    """What says of (id, document) whether all `conditions` hold; without any, they do.

    All conditions on one path must hold for one and the same value: for the field itself, and for an
    array that is not empty for one of its elements. An empty array, an object and an array within an array
    exist, and are equal to nothing. Values of different kinds are never equal and never within a range;
    true and false are of one kind, 1 = 1.0, null is not missing.
    """
    paths: dict[str, list[_Test]] = {}
    for condition in conditions:
        paths.setdefault(condition.path, []).append(_test(condition))
    predicates = [_on_path(path, _all_of(tests)) for path, tests in paths.items()]
    match predicates:
        case []:
            return lambda id, document: True
        case [holds]:
            return holds
    return lambda id, document: all(holds(id, document) for holds in predicates)


def _on_path(path: str, test: _Test) -> Predicate:
    read = reader(path)

    def holds(id: str, document: Present) -> bool:
        value = read(id, document)
        if type(value) is list and value:
            return any(map(test, value))
        return test(value)

    return holds


def _all_of(tests: list[_Test]) -> _Test:
    return tests[0] if len(tests) == 1 else lambda value: all(test(value) for test in tests)


def _test(condition: Condition) -> _Test:
    bound = condition.value
    match condition.operator:
        case "eq":
            return partial(_is_one_of, frozenset([_keyed(bound)]))
        case "in":
            return partial(_is_one_of, frozenset(map(_keyed, bound)))
        case "prefix":
            return lambda value: type(value) is str and value.startswith(bound)
        case "exists":
            return lambda value: (value is not MISSING) is bound
        case name:
            return _within(_RANGES[name], bound)


def _keyed(value: Any) -> tuple[int, Any]:
    """Equal for equal values of one kind alone: for Python, 1 is True."""
    return _KINDS[type(value)], value


def _is_one_of(wanted: frozenset[tuple[int, Any]], value: Any) -> bool:
    kind = _KINDS.get(type(value))
    return kind is not None and (kind, value) in wanted


def _within(compare: Callable[[Any, Any], bool], bound: Any) -> _Test:
    kind = _KINDS[type(bound)]
    if bound is None:
        includes_bound = compare(0, 0)
        return lambda value: value is None and includes_bound
    return lambda value: _KINDS.get(type(value)) == kind and compare(value, bound)
