"""Contents as OpenAPI writes them."""

from typing import Any

from app.openapi.description import Content


def content_of(content: Content) -> dict[str, Any]:
    """A Media Type Object. OpenAPI has `itemSchema` from version 3.2 on; until then it is an extension."""
    schema = content.schema
    described: dict[str, Any] = {
        "schema": {"$ref": f"#/components/schemas/{schema}"} if isinstance(schema, str) else schema
    }
    if content.lines is not None:
        described["x-itemSchema"] = {"$ref": f"#/components/schemas/{content.lines}"}
    if content.example is not None:
        described["example"] = content.example
    return described
