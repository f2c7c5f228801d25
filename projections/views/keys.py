"""The keys of one view of one generation."""

from collections.abc import Mapping
from dataclasses import dataclass

from projections.layout import Layout
from projections.views.prepared import Prepared


@dataclass(frozen=True, slots=True)
class ViewKeys:
    """rows: hash. orders: sorted sets of rows by name. values, ordered: hashes and sorted sets by path."""

    rows: str
    orders: Mapping[str, str]
    values: Mapping[str, str]
    ordered: Mapping[str, str]


def keys_of(layout: Layout, collection: str, generation: int, view: Prepared) -> ViewKeys:
    """Where a view lies."""
    place = (collection, generation, view.view.name)
    return ViewKeys(
        layout.view(*place),
        {name: layout.view_index(*place, name) for name in view.orders},
        {path: layout.view_values(*place, path) for path in view.valued},
        {path: layout.view_ordered(*place, path) for path in view.ordered},
    )
