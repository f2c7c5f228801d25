"""Which keywords of a collection's schema are carried over to the document, and how."""

from typing import Any

_CARRIED = (
    *("description", "deprecated", "examples", "format", "type", "enum", "const"),
    *("multipleOf", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"),
    *("minLength", "maxLength", "pattern", "contentEncoding", "contentMediaType", "contentSchema"),
    *("prefixItems", "items", "contains", "minContains", "maxContains", "minItems", "maxItems"),
    *("uniqueItems", "unevaluatedItems"),
    *("properties", "patternProperties", "additionalProperties", "propertyNames", "unevaluatedProperties"),
    *("required", "dependentRequired", "dependentSchemas", "minProperties", "maxProperties"),
    *("allOf", "anyOf", "oneOf", "not", "if", "then", "else"),
)
"""In the order in which they are best read. What JSON Schema does not know OpenAPI may mistake for its own;
`default` would be taken for something the server fills in."""


def carried(schema: dict[str, Any]) -> dict[str, Any]:
    """The keywords of `schema` that are carried over, but for references; a title becomes the description."""
    result = {keyword: schema[keyword] for keyword in _CARRIED if keyword in schema}
    if "title" in schema and "description" not in schema:
        result = {"description": schema["title"], **result}
    if isinstance(schema.get("const"), dict | list):
        result["enum"] = [result.pop("const")]
    if schema.get("enum") == []:
        result = {"not": {}}
    return result
