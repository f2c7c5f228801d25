"""Kinds of columns: what values each one holds exactly."""

import re
from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from typing import Any

LEAST_INTEGER, MOST_INTEGER = -(2**63), 2**63 - 1

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class Kind(Enum):
    """JSON holds any value, as JSON text; the others those that they can hold without changing them.

    SUM is for exact decimals of any size: text has every digit, a table the nearest double.
    """

    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    TIME = "time"
    DATE = "date"
    JSON = "json"
    SUM = "sum"


Fits = Callable[[Any], bool]


def _is_boolean(value: Any) -> bool:
    return type(value) is bool


def _is_integer(value: Any) -> bool:
    """Whole numbers of 64 bits; 1.0 is one."""
    if type(value) is float:
        return value.is_integer() and -(2.0**63) <= value < 2.0**63
    return type(value) is int


def is_number(value: Any) -> bool:
    """Doubles, and the whole numbers that a double holds exactly."""
    return type(value) is float or (type(value) is int and int(float(value)) == value)


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_time(value: Any) -> bool:
    """An RFC 3339 time with at most six digits behind the second."""
    return type(value) is str and _TIME.fullmatch(value) is not None and _is_read_by(datetime, value)


def _is_date(value: Any) -> bool:
    return type(value) is str and _DATE.fullmatch(value) is not None and _is_read_by(date, value)


def _is_read_by(kind: type[date], text: str) -> bool:
    try:
        kind.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_anything(value: Any) -> bool:
    return True


FITS: dict[Kind, Fits] = {
    Kind.BOOLEAN: _is_boolean,
    Kind.INTEGER: _is_integer,
    Kind.NUMBER: is_number,
    Kind.TEXT: _is_text,
    Kind.TIME: _is_time,
    Kind.DATE: _is_date,
    Kind.JSON: _is_anything,
    Kind.SUM: _is_anything,
}
