"""Which generations are outdated: their collection was dropped, and declared anew, since they were started."""

from collections.abc import Mapping

from catalog.catalog import Catalog
from projections.generation import Generation, incarnation


async def outdated(catalog: Catalog, generations: Mapping[str, Generation], partitions: int) -> list[str]:
    """The collections whose generation tells of an earlier incarnation. Raises CatalogUnavailable."""
    await catalog.refresh()
    return [
        name
        for name, generation in generations.items()
        if catalog.get(name) is not None and generation.incarnation < incarnation(catalog, name, partitions)
    ]
