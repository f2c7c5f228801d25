"""A shop that generated clients talk to."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest_asyncio

from app.settings import Settings
from tests.openapi.serving import served

ORDERS: dict[str, Any] = {
    "schema": {
        "title": "An order",
        "type": "object",
        "required": ["number", "status", "total", "customer"],
        "additionalProperties": False,
        "properties": {
            "number": {"type": "integer"},
            "status": {"enum": ["new", "paid", "shipped"], "default": "new"},
            "total": {"type": "number", "minimum": 0},
            "placed_at": {"type": "string", "format": "date-time"},
            "customer": {"$ref": "#/$defs/customer"},
            "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
            "gift": True,
        },
        "$defs": {
            "customer": {
                "title": "Customer",
                "type": "object",
                "required": ["email"],
                "properties": {"email": {"type": "string", "format": "email"}, "name": {"type": "string"}},
            },
            "line": {
                "type": "object",
                "required": ["sku"],
                "properties": {
                    "sku": {"type": "string"},
                    "parts": {"type": "array", "items": {"$ref": "#/$defs/line"}},
                },
            },
        },
    },
    "unique": [["number"]],
    "indexes": [["status", "-total"], ["-total"], ["customer.email"]],
    "views": {
        "by_status": {"group_by": ["status"], "measures": {"orders": "count", "total": {"sum": "total"}}},
        "by_day": {
            "group_by": [{"field": "placed_at", "bucket": "day", "as": "day"}],
            "measures": {"last": {"max": "placed_at"}},
        },
    },
}
SHAPES: dict[str, Any] = {
    "schema": {
        "oneOf": [{"$ref": "#/$defs/circle"}, {"$ref": "#/$defs/tree"}],
        "$defs": {
            "circle": {
                "additionalProperties": False,
                "required": ["kind", "r"],
                "properties": {"kind": {"const": "circle"}, "r": {"type": ["number", "null"]}},
            },
            "tree": {"required": ["children"], "properties": {"children": {"items": {"$ref": "#"}}}},
        },
    }
}


@dataclass(frozen=True)
class Shop:
    """Where it is, tokens of a user and an administrator, and what describes it.

    orders: the document of one collection; general: of what is there whatever is declared.
    """

    url: str
    token: str
    admin: str
    orders: bytes
    general: bytes
    everything: bytes


@pytest_asyncio.fixture
async def shop(settings: Settings) -> AsyncIterator[Shop]:
    """Orders, shapes and free notes are declared; there is no document."""
    async with served(settings) as serving:
        for name, declaration in {"orders": ORDERS, "shapes": SHAPES, "notes": {}, "documents": {}}.items():
            answer = await serving.admin.put(f"/v1/collections/{name}", json=declaration)
            assert answer.status_code == 201, answer.text
        yield Shop(
            str(serving.user.base_url).rstrip("/"),
            _token(serving.user),
            _token(serving.admin),
            (await serving.user.get("/v1/collections/orders/openapi.json")).content,
            (await serving.nobody.get("/openapi.json")).content,
            (await serving.user.get("/openapi.json")).content,
        )


def _token(client: httpx.AsyncClient) -> str:
    return client.headers["authorization"].removeprefix("Bearer ")
