"""Properties: a schema that is accepted can be asked about any document, and answers in time."""

import time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.errors import DeclarationInvalid
from catalog.schema import DocumentSchema
from tests.examples import costing

references = st.sampled_from(["#", "#/$defs/a", "#/$defs/b", "#/properties/a", "#name", "#/$defs/none"])
kinds = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
names = st.sampled_from(["a", "b", "c"])


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=3)
    named = st.dictionaries(names, inner, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), several),
            **dict.fromkeys(("properties", "$defs", "dependentSchemas", "patternProperties"), named),
            **dict.fromkeys(("not", "if", "then", "else", "items", "contains", "propertyNames"), inner),
            **dict.fromkeys(("additionalProperties", "unevaluatedProperties", "unevaluatedItems"), inner),
            "$ref": references,
            "$dynamicRef": st.just("#name"),
        },
    )


leaves = st.booleans() | st.fixed_dictionaries(
    {},
    optional={
        "type": kinds | st.lists(kinds, min_size=1, max_size=2, unique=True),
        "$ref": references,
        "$anchor": st.just("name"),
        "const": st.integers(),
        "minimum": st.integers() | st.floats(allow_nan=False),
        "pattern": st.text(max_size=5),
        "format": st.sampled_from(["date", "email", "regex", "uri", "nonsense"]),
        "required": st.lists(names, max_size=2, unique=True),
        "uniqueItems": st.booleans(),
    },
)
schemas = nested(st.recursive(leaves, nested, max_leaves=10))
documents = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=15,
)


@settings(costing(4), suppress_health_check=[HealthCheck.too_slow])
@given(schemas, documents)
def test_an_accepted_schema_answers_for_any_document_in_time(source: Any, document: Any) -> None:
    started = time.process_time()
    try:
        schema = DocumentSchema(source)
    except DeclarationInvalid:
        return
    violations = schema.check(document)
    assert violations == schema.check(document)
    assert len(violations) <= 100
    assert time.process_time() - started < 1
