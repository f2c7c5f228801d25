"""An order for an export: what of which collection, as of where, and in which form."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from app.exporting.formats import FORMATS, Format
from catalog.catalog import Catalog
from catalog.declared import Declared, View
from catalog.errors import CollectionMissing
from events.extent import Extent
from events.log import EventLog
from events.position import Position, beginning, partition_of
from queries.errors import QueryInvalid, ViewMissing

_REMEDY = "pip install 'foldbase[export]'"


@dataclass(frozen=True, slots=True)
class Order:
    """An export that can be made: of documents, or of the rows of one of the collection's views.

    defused: in CSV, text that a spreadsheet would take for a formula is made harmless.
    """

    declared: Declared
    extent: Extent
    format: Format
    view: View | None = None
    defused: bool = False

    @property
    def position(self) -> str:
        """The positions it is consistent at, as `Fold-Position` and `at` write them."""
        return ", ".join(map(str, self.extent.upto))

    @property
    def file_name(self) -> str:
        """A name for the file: it tells the position where there is one alone."""
        upto = self.extent.upto
        place = f"-{upto[0]}" if len(upto) == 1 else ""
        view = f"-{self.view.name}" if self.view else ""
        return f"{self.declared.name}{view}{place}{self.format.endings[0]}"


async def order(
    log: EventLog,
    catalog: Catalog,
    collection: str,
    view: str | None,
    format: Format,
    *,
    at: str | None = None,
    defused: bool = False,
) -> Order:
    """The order for a collection, or for one of its views, as it was at `at`; without it, as it is now.

    at:     one position for each partition of the log, separated by commas.
    Raises: CollectionMissing, ViewMissing; QueryInvalid for `at`; LogUnavailable, CatalogUnavailable.
    """
    await log.skips.refresh()
    heads = list((await log.heads()).values())
    if not await catalog.exists_now(collection):
        raise CollectionMissing(collection)
    declared = await catalog.find(collection)
    upto = heads if at is None else _positions(at, heads)
    extent = Extent(declared.name, upto, declared.floors)
    return Order(declared, extent, format, _view(declared, view), defused)


def format_named(name: str | None) -> Format:
    """The format of that name. Raises QueryInvalid: there is none, or what writes it is not installed here."""
    format = FORMATS.get(name or "")
    if format is None:
        raise QueryInvalid("format", f"is one of {', '.join(FORMATS)}")
    if format.needs_arrow and find_spec("pyarrow") is None:
        raise QueryInvalid("format", f"{name} is written by pyarrow, which is not here: {_REMEDY}")
    return format


def _view(declared: Declared, name: str | None) -> View | None:
    if name is None:
        return None
    if name not in declared.views:
        raise ViewMissing(declared.name, name, tuple(declared.views))
    return declared.views[name]


def _positions(at: str, heads: Sequence[Position]) -> list[Position]:
    places: dict[int, Position] = {}
    for text in at.split(","):
        digits = text.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 16):
            raise QueryInvalid("at", "is a position as Fold-Position gives it, or several with commas")
        place = Position(int(digits))
        places[partition_of(place)] = place
    if places.keys() != set(range(len(heads))) or at.count(",") != len(heads) - 1:
        raise QueryInvalid("at", f"names one position of each of the {len(heads)} partitions of this log")
    for partition, head in enumerate(heads):
        if not beginning(partition) <= places[partition] <= head:
            raise QueryInvalid("at", f"{places[partition]} is not there yet: the log ends at {head}")
    return [places[partition] for partition in range(len(heads))]
