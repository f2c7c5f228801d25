"""A collection's JSON Schema, compiled once, that every document is held to."""

from functools import cached_property
from typing import Any, NamedTuple

import orjson
from jsonschema_rs import ValidatorMap, validator_map_for

from catalog.effort import Effort, TooMuch
from catalog.errors import refuse, shortened
from catalog.pointers import escaped
from catalog.schema_rules import PATTERNS, schema_problems, validator

MAX_VIOLATIONS = 100
MAX_VISITS = 20_000
MAX_EXPLAINED_BYTES = 64 * 1024
_MAX_MESSAGE = 300


class Violation(NamedTuple):
    """One place where a document breaks its schema. `pointer` is a JSON pointer into the document."""

    pointer: str
    message: str


class DocumentSchema:
    """What documents of a collection must look like, in JSON Schema 2020-12 with formats asserted.

    Immutable, and safe to share between tasks. Nothing is ever fetched for a reference.
    """

    def __init__(self, source: Any) -> None:
        """Raises: DeclarationInvalid: `source` is no usable schema; the pointers begin with /schema."""
        refuse(schema_problems(source))
        self.source = source
        self.speaks_of_id = _speaks_of_id(source)
        self._validator = validator(source)

    def check(self, document: Any) -> list[Violation]:
        """Every place where `document` breaks the schema; none is an empty list.

        Ordered by pointer, then message; at most 100; messages of at most 300 characters. A document
        of more than 64 KiB, or one that takes more than 20,000 visits to explain, is told only which
        of its members break it. Never raises: what is no JSON is a violation.
        """
        try:
            return [] if self._validator.is_valid(document) else self._explained(document)
        except (ValueError, TypeError) as unreadable:
            return [Violation("", shortened(str(unreadable), _MAX_MESSAGE))]

    def _explained(self, document: Any) -> list[Violation]:
        if not self._is_explainable(document):
            return self._members_that_break(document)
        broken = {
            Violation(error["instanceLocation"], shortened(error["error"], _MAX_MESSAGE))
            for error in self._validator.evaluate(document).errors()
        }
        return sorted(broken)[:MAX_VIOLATIONS]

    def _is_explainable(self, document: Any) -> bool:
        if len(orjson.dumps(document)) > MAX_EXPLAINED_BYTES:
            return False
        try:
            Effort(self.source, MAX_VISITS).of(self.source, document)
        except (TooMuch, RecursionError):
            return False
        return True

    def _members_that_break(self, document: Any) -> list[Violation]:
        reason = "breaks the schema; the document is too large, or its alternatives too many, to say where"
        broken = sorted(
            Violation(f"/{escaped(name)}", reason)
            for name in self._properties(document)
            if self._breaks(document, name)
        )
        return broken[:MAX_VIOLATIONS] or [Violation("", reason)]

    def _properties(self, document: Any) -> list[str]:
        properties = self.source.get("properties", {}) if isinstance(self.source, dict) else {}
        return [name for name in properties if name in document] if isinstance(document, dict) else []

    def _breaks(self, document: dict[str, Any], name: str) -> bool:
        member = self._by_pointer.get(f"#/properties/{escaped(name)}")
        return member is not None and not member.is_valid(document[name])

    @cached_property
    def _by_pointer(self) -> ValidatorMap:
        return validator_map_for(self.source, validate_formats=True, pattern_options=PATTERNS, offline=True)


def _speaks_of_id(source: Any) -> bool:
    """Whether a document's `id` must be shown to the schema: it says something of it."""
    return isinstance(source, dict) and any("id" in source.get(part, ()) for part in ("properties", "required"))
