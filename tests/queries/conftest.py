"""The worlds that projections are tested in."""

from tests.projections.conftest import collected, partitions, wide_world, world

__all__ = ["collected", "partitions", "wide_world", "world"]
