"""pydantic's errors, said to the user: a JSON pointer into the body and a sentence."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from catalog.declaration import Declaration
from catalog.errors import Problem
from catalog.fields import Strict
from catalog.names import nearest
from catalog.pointers import existing, pointer
from catalog.views import Comparison, GroupField, ViewDeclaration

_PHRASES = {
    "tuple_type": "must be an array",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "string_type": "must be a string",
    "bool_type": "must be true or false",
    "too_short": "must not be empty",
    "too_long": "must have at most {max_length} members",
    "string_too_long": "must have at most {max_length} characters",
    "literal_error": "must be one of {expected}",
}


def complaints(invalid: ValidationError, body: Any) -> list[Problem]:
    """One problem for each error of `invalid`, which came of reading `body`.

    The pointer leads to what is there in `body`, so that of a missing key it is the object without it.
    """
    errors = [error for error in invalid.errors(include_url=False) if not _is_consequence(error)]
    return [Problem(pointer(existing(body, error["loc"])), _sentence(error)) for error in errors]


def _is_consequence(error: ErrorDetails) -> bool:
    """Members that were refused are missing from what pydantic counts afterwards."""
    return error["type"] == "too_short" and bool(error["input"])


def _sentence(error: ErrorDetails) -> str:
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key; {nearest(str(error['loc'][-1]), _keys_at(error['loc'][:-1]))}"
        case "missing":
            return f'"{error["loc"][-1]}" is missing'
        case known if known in _PHRASES:
            return _PHRASES[known].format_map(error.get("ctx", {}))
        case _:
            return error["msg"]


def _keys_at(place: tuple[int | str, ...]) -> list[str]:
    model: type[Strict]
    match place:
        case ():
            model = Declaration
        case ("views", _):
            model = ViewDeclaration
        case ("views", _, "group_by", _):
            model = GroupField
        case _:
            model = Comparison
    return [field.alias or name for name, field in model.model_fields.items()]
