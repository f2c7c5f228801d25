"""Conditions: what a field may be asked, and what it may be asked with."""

from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from catalog.declared import Condition
from catalog.names import path_problem
from queries.errors import QueryInvalid

OPERATORS = ("eq", "in", "lt", "lte", "gt", "gte", "prefix", "exists")
MOST_CONDITIONS = 32
MOST_CHOICES = 100

_META = ("version", "position", "created_at", "updated_at", "updated_by")
_SCALARS = (str, int, float, bool, type(None))


def condition_of(parameter: str, path: str, operator: str, value: Any) -> Condition:
    """The condition, checked. `parameter` is what to mend where it makes no sense. Raises QueryInvalid."""
    check_asked(parameter, path, operator)
    return Condition(path, operator, checked(parameter, operator, value))


def check_asked(parameter: str, path: str, operator: str) -> None:
    """Raises QueryInvalid where no field can have this path, or there is no such operator."""
    check_path(parameter, path)
    if operator not in OPERATORS:
        raise QueryInvalid(parameter, _unknown(path, operator))


def checked(parameter: str, operator: str, value: Any) -> Any:
    """What a field is asked with. Raises QueryInvalid where the operator takes no such value."""
    match operator:
        case "in":
            return _choices(parameter, value)
        case "exists" if not isinstance(value, bool):
            raise QueryInvalid(parameter, "is true or false")
        case "prefix" if not isinstance(value, str):
            raise QueryInvalid(parameter, "a prefix is a string")
        case _ if not isinstance(value, _SCALARS):
            raise QueryInvalid(parameter, "a field is compared with a string, a number, true, false or null")
    return value


def check_path(parameter: str, path: str) -> None:
    """Raises QueryInvalid where no field can have this path."""
    if reason := _problem(path):
        raise QueryInvalid(parameter, reason)


@lru_cache(maxsize=4096)
def _problem(path: str) -> str | None:
    first, _, rest = path.partition(".")
    if first != "_meta":
        return path_problem(path)
    return None if rest in _META else f"of _meta there is {', '.join(_META)}"


def _choices(parameter: str, value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise QueryInvalid(parameter, "in takes an array")
    if len(value) > MOST_CHOICES:
        raise QueryInvalid(parameter, f"in takes at most {MOST_CHOICES} values")
    if not all(isinstance(each, _SCALARS) for each in value):
        raise QueryInvalid(parameter, "in takes strings, numbers, true, false and null")
    return tuple(value)


def _unknown(path: str, operator: str) -> str:
    near = get_close_matches(operator[:40].lower(), OPERATORS, 1, 0.6)
    if near:
        return f"{operator[:40]!r} is no operator; did you mean {near[0]!r}?"
    return (
        f"{operator[:40]!r} is no operator; there are: {', '.join(OPERATORS)}. "
        f"A field within a field is written with a dot: {path[:80]}.{operator[:40]}"
    )
