"""The query language as the parameters of an address.

where[status]=paid&where[total][gte]=10&sort=-placed_at&limit=20&cursor=…&count=true&fields=a,b.c&explain=true
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson

from catalog.declared import Condition, IndexField
from queries.conditions import check_asked, checked
from queries.errors import ParameterUnknown, QueryInvalid
from queries.language import PARAMETERS, fields_of, limit_refused, sort_of, where_of
from queries.query import MOST_LIMIT, Query
from queries.texts import IsText

_WHERE = re.compile(r"where\[(.*?)\](?:\[([^\[\]]*)\])?", re.DOTALL)
_LIMIT = re.compile("[1-9][0-9]{0,3}")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS: Mapping[str, Any] = {"null": None, "true": True, "false": False}
_INT64 = 2**63
MOST_PARAMETERS = 100


def from_query_string(text: str, is_text: IsText) -> Query:
    """The query that the query string of an address states, each parameter at most once.

    is_text: which paths hold strings alone, so that a value without quotes is one.
    Raises:  ParameterUnknown, QueryInvalid.
    """
    given: dict[str, str] = {}
    for name, value in pairs_of(text):
        if name in given:
            raise QueryInvalid(name[:80], "is given more than once")
        given[name] = value
    parts: dict[str, Any] = {name: _READERS[name](given.pop(name)) for name in list(given) if name in _READERS}
    if given:
        parts["where"] = where_of([_condition(name, value, is_text) for name, value in given.items()])
    return Query(**parts)


def pairs_of(text: str) -> Iterator[tuple[str, str]]:
    """Names and values of parameters, decoded. Raises QueryInvalid."""
    parts = text.split("&")
    if len(parts) > MOST_PARAMETERS:
        raise QueryInvalid("query", f"takes at most {MOST_PARAMETERS} parameters")
    for part in parts:
        if part:
            name, _, value = part.partition("=")
            known = name_of(name)
            yield known, decoded(value, known[:80]) if "%" in value or "+" in value else value


@lru_cache(maxsize=4096)
def name_of(text: str) -> str:
    """The name of a parameter, decoded: there are few, and they come again and again. Raises QueryInvalid."""
    return decoded(text)


def decoded(text: str, parameter: str = "query") -> str:
    """Text without its percent-encoding. Raises QueryInvalid where it is not UTF-8."""
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except UnicodeDecodeError:
        raise QueryInvalid(parameter, "is not UTF-8, percent-encoded") from None


@lru_cache(maxsize=4096)
def _asked(name: str) -> tuple[str, str]:
    """The path and the operator that a parameter names. Raises ParameterUnknown, QueryInvalid.

    A name of a field with `][` in it, which nobody means, can be asked for in a body.
    """
    asked = _WHERE.fullmatch(name)
    if asked is None:
        raise _no_condition(name)
    path, operator = asked[1], asked[2] or "eq"
    if "][" in path:
        dotted = path.replace("][", ".")
        raise QueryInvalid(name[:80], f"a field within a field is written with a dot: {dotted[:80]}")
    check_asked(name[:160], path, operator)
    return path, operator


def _no_condition(name: str) -> Exception:
    if name == "where" or name.startswith(("where[", "where.")):
        written = "a condition is written where[FIELD]=VALUE or where[FIELD][OPERATOR]=VALUE"
        return QueryInvalid(name[:80], written)
    return ParameterUnknown(name, PARAMETERS)


def _condition(name: str, value: str, is_text: IsText) -> Condition:
    path, operator = _asked(name)
    read = _value(name, operator, value, is_text(path))
    return Condition(path, operator, checked(name[:160], operator, read))


def _value(parameter: str, operator: str, text: str, is_text: bool) -> Any:
    match operator:
        case "in":
            return _choices(parameter, text, is_text)
        case "exists":
            return _WORDS.get(text)
        case _:
            return _scalar(parameter, text, is_text or operator == "prefix")


def _choices(parameter: str, text: str, is_text: bool) -> list[Any]:
    if not text.startswith("["):
        return [_scalar(parameter, each, is_text) for each in text.split(",")] if text else []
    try:
        choices: list[Any] = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise QueryInvalid(parameter, "begins with [ and is no JSON array") from None
    for choice in choices:
        _check_within_int64(parameter, choice, is_whole=False)
    return choices


def _scalar(parameter: str, text: str, is_text: bool) -> Any:
    """JSON where it is a JSON scalar; else, and where the field holds strings alone, the text itself."""
    if text.startswith('"'):
        return _unquoted(text)
    if is_text:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if not _NUMBER.fullmatch(text):
        return text
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _out_of_range(parameter) from None
    _check_within_int64(parameter, value, is_whole=text.lstrip("-").isdigit())
    return value


def _unquoted(text: str) -> str:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return str(value)


def _check_within_int64(parameter: str, value: Any, *, is_whole: bool) -> None:
    if (type(value) is int or (type(value) is float and is_whole)) and not -_INT64 <= value < _INT64:
        raise _out_of_range(parameter)


def _out_of_range(parameter: str) -> QueryInvalid:
    reason = 'is a number outside int64 and double; a string of digits is written "in quotes"'
    return QueryInvalid(parameter[:160], reason)


@lru_cache(maxsize=1024)
def _limit(text: str) -> int:
    if not _LIMIT.fullmatch(text) or int(text) > MOST_LIMIT:
        raise limit_refused()
    return int(text)


def _flag(parameter: str) -> Callable[[str], bool]:
    def read(text: str) -> bool:
        if text not in ("true", "false"):
            raise QueryInvalid(parameter, "is true or false")
        return text == "true"

    return read


@lru_cache(maxsize=1024)
def _sort(text: str) -> tuple[IndexField, ...]:
    return sort_of(text.split(","))


_READERS: Mapping[str, Callable[[str], Any]] = {
    "sort": _sort,
    "limit": _limit,
    "cursor": lambda text: text,
    "count": _flag("count"),
    "fields": lambda text: fields_of(text.split(",")),
    "explain": _flag("explain"),
}
