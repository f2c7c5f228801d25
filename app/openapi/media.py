"""Contents as OpenAPI writes them."""

from typing import Any

from app.openapi.description import Content


def content_of(content: Content) -> dict[str, Any]:
    """A Media Type Object."""
    schema = content.schema
    described: dict[str, Any] = {
        "schema": {"$ref": f"#/components/schemas/{schema}"} if isinstance(schema, str) else schema
    }
    if content.example is not None:
        described["example"] = content.example
    return described
