"""The way in for declarations: everything that is wrong with one is told together."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import orjson
from pydantic import ValidationError

from catalog.clashes import clashes
from catalog.complaints import complaints
from catalog.declaration import Declaration
from catalog.errors import DeclarationInvalid, Problem, refuse
from catalog.names import collection_problem
from catalog.plain import unfit
from catalog.schema_rules import schema_problems

MAX_BYTES = 512 * 1024


def parse(body: Any) -> Declaration:
    """The declaration that `body`, a JSON object, makes.

    Raises: DeclarationInvalid, and nothing else whatever `body` is. A body that is no JSON, or too
    large, is told only that; of any other every problem is told at once, up to 100.
    """
    refuse(_unreadable(body))
    apart = [*clashes(body), *_problems_of_schema(body)]
    try:
        declaration = Declaration.model_validate_json(orjson.dumps(body))
    except ValidationError as invalid:
        raise DeclarationInvalid([*complaints(invalid, body), *apart][:100]) from None
    refuse([*apart, *_too_large(declaration.text().encode())])
    return declaration


def _unreadable(body: Any) -> Iterator[Problem]:
    if not isinstance(body, dict):
        yield Problem("", "a declaration is a JSON object")
    elif problems := list(islice(unfit(body), 100)):
        yield from problems
    else:
        yield from _too_large(orjson.dumps(body))


def _too_large(text: bytes) -> list[Problem]:
    return [Problem("", f"a declaration is at most {MAX_BYTES // 1024} KiB")] if len(text) > MAX_BYTES else []


def _problems_of_schema(body: dict[str, Any]) -> list[Problem]:
    return [] if body.get("schema") is None else schema_problems(body["schema"])


def valid(name: str, declaration: Mapping[str, Any] | Declaration) -> Declaration:
    """The declaration that `declaration` makes of a collection called `name`.

    Raises: DeclarationInvalid: a problem of the name is told with those of the body, at "".
    """
    of_name = [Problem("", reason)] if (reason := collection_problem(name)) else []
    try:
        parsed = parse(declaration.body() if isinstance(declaration, Declaration) else dict(declaration))
    except DeclarationInvalid as invalid:
        raise DeclarationInvalid([*of_name, *invalid.problems]) from None
    refuse(of_name)
    return parsed
