"""The query language as JSON, and what both of its forms have in common.

{"where": {"status": "paid", "total": {"gte": 10}}, "sort": ["-placed_at"], "limit": 20,
 "cursor": "…", "count": true, "fields": ["a", "b.c"], "explain": true}
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from catalog.declared import Condition, IndexField
from queries.conditions import MOST_CONDITIONS, check_path, condition_of
from queries.errors import ParameterUnknown, QueryInvalid
from queries.query import MOST_LIMIT, Query

PARAMETERS = ("where", "sort", "limit", "cursor", "count", "fields", "explain")
MOST_SORTED = 8
MOST_FIELDS = 100


def from_body(body: Any) -> Query:
    """The query that a JSON body states. Raises ParameterUnknown, QueryInvalid."""
    if not isinstance(body, dict):
        raise QueryInvalid("body", "must be a JSON object")
    for name in body:
        if name not in PARAMETERS:
            raise ParameterUnknown(name, PARAMETERS)
    return Query(**{name: _READERS[name](value) for name, value in body.items() if value is not None})


def where_of(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """Conditions, not too many of them. Raises QueryInvalid."""
    where = tuple(conditions)
    if len(where) > MOST_CONDITIONS:
        raise QueryInvalid("where", f"takes at most {MOST_CONDITIONS} conditions")
    return where


def sort_of(names: Iterable[str]) -> tuple[IndexField, ...]:
    """The order that names state, a leading `-` for descending. Raises QueryInvalid."""
    sort = tuple(IndexField(name.removeprefix("-"), name.startswith("-")) for name in names)
    for field in sort:
        check_path("sort", field.path)
    _check_each_once("sort", [field.path for field in sort], MOST_SORTED)
    return sort


def fields_of(names: Iterable[str]) -> tuple[str, ...]:
    """The paths wanted. Raises QueryInvalid."""
    fields = tuple(names)
    for path in fields:
        if path != "_meta":
            check_path("fields", path)
    _check_each_once("fields", fields, MOST_FIELDS)
    return fields


def _check_each_once(parameter: str, paths: Iterable[str], most: int) -> None:
    seen: set[str] = set()
    for path in paths:
        if path in seen:
            raise QueryInvalid(parameter, f"{path[:80]!r} stands in it twice")
        seen.add(path)
    if len(seen) > most:
        raise QueryInvalid(parameter, f"takes at most {most} paths")


def _where(value: Any) -> tuple[Condition, ...]:
    if not isinstance(value, dict):
        raise QueryInvalid("where", "is an object: paths, and what is asked of each")
    return where_of(_conditions(value))


def _conditions(where: Mapping[str, Any]) -> Iterator[Condition]:
    for path, asked in where.items():
        if not isinstance(asked, dict):
            yield condition_of(f"where[{path[:80]}]", path, "eq", asked)
            continue
        if not asked:
            raise QueryInvalid(f"where[{path[:80]}]", "names no operator")
        for operator, value in asked.items():
            yield condition_of(f"where[{path[:80]}][{operator[:40]}]", path, operator, value)


def _limit(value: Any) -> int:
    if type(value) is not int or not 1 <= value <= MOST_LIMIT:
        raise limit_refused()
    return value


def limit_refused() -> QueryInvalid:
    """What is said of a limit that is none."""
    return QueryInvalid("limit", f"is a whole number from 1 to {MOST_LIMIT}")


def _names(parameter: str) -> Callable[[Any], list[str]]:
    def read(value: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise QueryInvalid(parameter, "is an array of paths")
        return value

    return read


def _of_type(parameter: str, kind: type, said: str) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not isinstance(value, kind):
            raise QueryInvalid(parameter, said)
        return value

    return read


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "where": _where,
    "sort": lambda value: sort_of(_names("sort")(value)),
    "limit": _limit,
    "cursor": _of_type("cursor", str, "is a string, as `next` gave it"),
    "count": _of_type("count", bool, "is true or false"),
    "fields": lambda value: fields_of(_names("fields")(value)),
    "explain": _of_type("explain", bool, "is true or false"),
}
