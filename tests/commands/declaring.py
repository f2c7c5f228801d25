"""Declared collections without a catalog."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from catalog.declared import Declared, runtime_indexes, runtime_schema, runtime_views
from catalog.parsing import valid

BEGAN = datetime(2026, 11, 22, tzinfo=UTC)


def declared(name: str = "orders", *, floors: Mapping[int, int] | None = None, **parts: Any) -> Declared:
    """The collection as a catalog would have it that was told `parts`."""
    declaration = valid(name, parts)
    return Declared(
        name=name,
        revision=1,
        unique=declaration.unique,
        indexes=runtime_indexes(declaration),
        views=runtime_views(declaration),
        schema=runtime_schema(declaration),
        require_if_match=declaration.require_if_match,
        created_at=BEGAN,
        updated_at=BEGAN,
        floors=floors or {},
        body=declaration.body(),
    )
