"""What a JSON Schema must be before documents are held to it."""

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

import orjson
from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError

from catalog.effort import Effort, TooMuch, Unforeseeable
from catalog.errors import Problem, shortened, shown
from catalog.plain import unfit
from catalog.pointers import escaped, pointer, resolved
from catalog.subschemas import Place, all_within

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MAX_SCHEMA_BYTES = 256 * 1024
MAX_PATTERNS = 64
MAX_IN_PLACE = 10_000
"""Schemas that may look at one value, counting one again for every way that leads to it."""

PATTERNS = RegexOptions(size_limit=8 * 2**20)
"""The linear-time engine: a pattern never backtracks. Each may take 8 MiB once compiled."""

_MAX_MESSAGE = 300
_NOT_LINEAR = "no pattern of the linear-time kind: no look-around, no back-reference, 8 MiB once compiled"


def schema_problems(schema: Any, place: str = "/schema") -> list[Problem]:
    """What is wrong with `schema`, which stands at `place` in a declaration: at most 100 problems.

    It must be an object or a boolean of at most 256 KiB and 64 levels, valid in 2020-12 and no other
    dialect, with at most 64 patterns, all of the linear-time kind (no look-around, no
    back-reference). References stay inside it and lead somewhere; nothing is ever fetched.
    """
    if problems := list(islice(unfit(schema, place), 100)):
        return problems
    if len(orjson.dumps(schema)) > MAX_SCHEMA_BYTES:
        return [Problem(place, f"a schema is at most {MAX_SCHEMA_BYTES // 1024} KiB")]
    if not isinstance(schema, dict | bool):
        return [Problem(place, "a schema is an object, true or false")]
    unsafe = list(islice(_unsafe(schema, place), 100))
    told = {problem.pointer for problem in unsafe}
    invalid = [problem for problem in _invalid(schema, place) if problem.pointer not in told]
    return [*invalid, *unsafe][:100] or list(_uncompilable(schema, place))


def validator(schema: Any) -> Draft202012Validator:
    """A compiled validator that asserts formats, never backtracks and never fetches.

    Raises: ValidationError or ValueError: the schema has problems.
    """
    return Draft202012Validator(schema, validate_formats=True, pattern_options=PATTERNS, offline=True)


def _invalid(schema: Any, place: str) -> Iterator[Problem]:
    for error in _dialect().iter_errors(schema):
        yield Problem(place + pointer(error.instance_path), shortened(error.message, _MAX_MESSAGE))


@cache
def _dialect() -> Draft202012Validator:
    """What holds schemas to their dialect. To compile it takes longer than most schemas do."""
    return validator({"$ref": DIALECT})


def _unsafe(schema: Any, place: str) -> Iterator[Problem]:
    subschemas = list(all_within(schema, place))
    yield from _foreign(schema, subschemas)
    yield from _multiplied(schema, subschemas)
    patterns = [pattern for where, subschema in subschemas for pattern in _patterns(subschema, where)]
    if len(patterns) > MAX_PATTERNS:
        yield Problem(place, f"a schema has at most {MAX_PATTERNS} patterns")
    else:
        yield from (Problem(where, _NOT_LINEAR) for where, pattern in patterns if not _is_linear(pattern))


def _foreign(schema: Any, subschemas: list[Place]) -> Iterator[Problem]:
    has_resources = any("$id" in subschema for _, subschema in subschemas[1:])
    has_names = has_resources or (isinstance(schema, dict) and "$id" in schema)
    for where, subschema in subschemas:
        dialect, reference = subschema.get("$schema", DIALECT), subschema.get("$ref")
        if isinstance(dialect, str) and dialect.removesuffix("#") != DIALECT:
            yield Problem(f"{where}/$schema", f"the dialect is {DIALECT} and no other")
        if isinstance(reference, str) and not reference.startswith("#") and not has_names:
            yield Problem(f"{where}/$ref", f"{shown(reference)} is not within the schema; nothing is fetched")
        if isinstance(reference, str) and not has_resources and _leads_nowhere(schema, reference):
            yield Problem(f"{where}/$ref", f"{shown(reference)} leads nowhere in the schema")


def _leads_nowhere(schema: Any, reference: str) -> bool:
    if reference != "#" and not reference.startswith("#/"):
        return False
    try:
        resolved(schema, reference)
    except LookupError:
        return True
    return False


def _multiplied(schema: Any, subschemas: list[Place]) -> Iterator[Problem]:
    effort = Effort(schema, MAX_IN_PLACE)
    for where, subschema in subschemas:
        try:
            effort.of(subschema, None)
        except Unforeseeable:
            continue
        except (TooMuch, RecursionError):
            yield Problem(where, f"more than {MAX_IN_PLACE} alternatives of alternatives for one value")
            return


def _patterns(subschema: dict[str, Any], place: str) -> Iterator[tuple[str, Any]]:
    if "pattern" in subschema:
        yield f"{place}/pattern", subschema["pattern"]
    keyed = subschema.get("patternProperties")
    for pattern in keyed if isinstance(keyed, dict) else ():
        yield f"{place}/patternProperties/{escaped(pattern)}", pattern


def _is_linear(pattern: Any) -> bool:
    try:
        validator({"pattern": pattern})
    except ValidationError:
        return not isinstance(pattern, str)  # of another type it is told by the dialect
    return True


def _uncompilable(schema: Any, place: str) -> Iterator[Problem]:
    try:
        validator(schema)
    except ValidationError as error:
        yield Problem(place + pointer(error.instance_path), shortened(error.message, _MAX_MESSAGE))
    except ValueError as error:
        yield Problem(place, shortened(str(error), _MAX_MESSAGE))
