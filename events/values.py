"""What a document may hold: refused at the door, so that the log gives back exactly what it was given."""

from typing import Any

import orjson

from events.errors import InvalidValue

MOST_NESTING = 64
MOST_DOCUMENT_BYTES = 2**20
MOST_NAME_BYTES = 1024
SHORT_NAME = MOST_NAME_BYTES // 4  # characters: no name as short as this has too many bytes
MOST_REMEMBERED = 4096
LEAST_INTEGER, MOST_INTEGER = -(2**63), 2**63 - 1

_plain_names: set[str] = set()


def check_document(body: dict[str, Any]) -> None:
    """Refuse what no document may hold.

    body:   a JSON object as orjson gives it: dict, list, str, int, float, bool, None.
    Raises: InvalidValue with the JSON pointer of the first offending place: a number outside int64 and
            double, a name with NUL, with a leading "$" or over 1 KiB, nesting over 64, over 1 MiB of JSON.
    """
    if not _is_plain(body):
        _check_object(body, "", 1)
    try:
        size = len(orjson.dumps(body))
    except orjson.JSONEncodeError as error:
        raise InvalidValue("", f"can not be written as JSON: {error}") from None
    if size > MOST_DOCUMENT_BYTES:
        raise InvalidValue("", f"is {size:,} bytes of JSON; a document may have {MOST_DOCUMENT_BYTES:,}")


def _is_plain(body: dict[str, Any]) -> bool:
    """Whether all is well at a glance: level by level, no pointers. What is not plain is looked at again."""
    level: list[Any] = [body]
    for _ in range(MOST_NESTING):
        below: list[Any] = []
        for holder in level:
            if type(holder) is dict:
                if not (_plain_names.issuperset(holder) or _have_plain_names(holder)):
                    return False
                holder = holder.values()
            for inner in holder:
                kind = type(inner)
                if kind is str or kind is bool or inner is None:
                    continue
                if kind is dict or kind is list:
                    below.append(inner)
                elif not (
                    (kind is int and LEAST_INTEGER <= inner <= MOST_INTEGER)
                    or (kind is float and inner - inner == 0.0)
                ):
                    return False
        if not below:
            return True
        level = below
    return False


def _have_plain_names(holder: dict[str, Any]) -> bool:
    """Whether every name is plain. They are remembered: documents of a collection share their names."""
    for name in holder:
        if name[:1] == "$" or "\0" in name or len(name) > SHORT_NAME:
            return False
    if len(_plain_names) + len(holder) <= MOST_REMEMBERED:
        _plain_names.update(holder)
    return True


def _check_object(value: dict[str, Any], pointer: str, depth: int) -> None:
    if depth > MOST_NESTING:
        raise InvalidValue(pointer, f"is nested deeper than {MOST_NESTING} levels")
    for name, inner in value.items():
        if name[:1] == "$" or "\0" in name or len(name) > SHORT_NAME:
            _check_name(name, pointer)
        kind = type(inner)
        if kind is str or kind is bool or inner is None:
            continue
        _check_other(inner, kind, pointer, name, depth)


def _check_array(value: list[Any], pointer: str, depth: int) -> None:
    if depth > MOST_NESTING:
        raise InvalidValue(pointer, f"is nested deeper than {MOST_NESTING} levels")
    for place, inner in enumerate(value):
        kind = type(inner)
        if kind is str or kind is bool or inner is None:
            continue
        _check_other(inner, kind, pointer, str(place), depth)


def _check_other(inner: Any, kind: type, pointer: str, name: str, depth: int) -> None:
    if kind is int:
        if not LEAST_INTEGER <= inner <= MOST_INTEGER:
            raise InvalidValue(_join(pointer, name), "is a whole number outside 64 bits")
    elif kind is float:
        if inner - inner != 0.0:
            raise InvalidValue(_join(pointer, name), "is not a finite number")
    elif kind is dict:
        _check_object(inner, _join(pointer, name), depth + 1)
    elif kind is list:
        _check_array(inner, _join(pointer, name), depth + 1)
    elif isinstance(inner, int):
        _check_other(int(inner), int, pointer, name, depth)
    else:
        raise InvalidValue(_join(pointer, name), f"is no JSON value but a {kind.__name__}")


def _check_name(name: str, pointer: str) -> None:
    if name.startswith("$"):
        raise InvalidValue(_join(pointer, name), 'has a name with a leading "$"; choose another name')
    if "\0" in name:
        raise InvalidValue(_join(pointer, name), "has a name with a NUL character")
    if len(name.encode(errors="surrogatepass")) > MOST_NAME_BYTES:
        raise InvalidValue(pointer, f"has a name of more than {MOST_NAME_BYTES} bytes: {name[:40]!r}…")


def _join(pointer: str, name: str) -> str:
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
