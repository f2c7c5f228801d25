"""Where projections lie in Redis. Every key starts with the deployment's prefix.

{prefix}:live:checkpoint:{partition}   "{log id} {position}"
{prefix}:live:generations              hash: collection -> its live generation, "{number} {incarnation}"
{prefix}:live:hold                      while it is there, no live checkpoint moves; it runs out by itself
{prefix}:rows:{collection}:{g}         hash: id -> row, see projections/row.py
{prefix}:index:{collection}:{g}:{name} sorted set, all scores 0: order key + id, see projections/entries.py
{prefix}:surplus:{collection}:{g}:{name} sorted set: what entries documents have besides their first one
{prefix}:shape:{collection}:{g}        the indexes and views that the generation keeps, JSON
{prefix}:parked:{collection}:{g}       hash: id -> a parked document, JSON, see projections/parked.py
{prefix}:view:{collection}:{g}:{view}  hash: group id -> row of a view, see projections/views/rows.py
{prefix}:viewindex:{collection}:{g}:{view}:{order}    sorted set: rows by a measure, or by a group field first
{prefix}:viewvalues:{collection}:{g}:{view}:{path}    hash: group id + value -> how many documents have it
{prefix}:viewordered:{collection}:{g}:{view}:{path}   sorted set, all scores 0: group id + value
{prefix}:build:{name}:…                checkpoints, generations and lease of a build under way
{prefix}:generation                    counter that numbers generations
{prefix}:jobs                          hash: collection -> rebuild job, JSON
{prefix}:rollbacks                     hash: collection -> how often it was rolled back
{prefix}:projectors                    hash: projector -> its states and heartbeat, JSON
{prefix}:living                        sorted set: projector -> until when it is taken to live, s since 1970
{prefix}:leases                        hash: partition -> the projector that works on it
channels {prefix}:appended, {prefix}:moved, {prefix}:jobs, {prefix}:leases
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from catalog.declared import View
from projections.shape import Shape

MOST_WORKERS = 16
RANGES_AT_ONCE = 2
"""A worker fills so many at a time: it works on one while it waits for Redis or MongoDB with the other."""

SHARES = (4, 2, 1, 1)
"""How large the ranges are beside one another: the last are small, so that nobody waits long for another."""

MOST_RANGES = MOST_WORKERS * RANGES_AT_ONCE * len(SHARES)
BY_CREATION = "created,"
"""The index that every collection has. No declared one is called so: a name does not end with a comma."""


@dataclass(frozen=True)
class Target:
    """A set of generations and the checkpoints they stand at: the live one, or one being built."""

    base: str

    @cached_property
    def generations(self) -> str:
        """The hash collection -> generation."""
        return f"{self.base}:generations"

    @cached_property
    def hold(self) -> str:
        """While this key is there, no step is taken."""
        return f"{self.base}:hold"

    @cached_property
    def ranges(self) -> list[str]:
        """The keys that hold the checkpoints of the ranges a build may be cut into."""
        return [f"{self.base}:range:{number}" for number in range(MOST_RANGES)]

    def checkpoint(self, partition: int) -> str:
        """The key that holds a partition's checkpoint."""
        return f"{self.base}:checkpoint:{partition}"

    def checkpoints(self, partitions: Iterable[int]) -> list[str]:
        """The keys that hold the checkpoints of partitions."""
        return [self.checkpoint(partition) for partition in partitions]


@dataclass(frozen=True)
class Layout:
    """The keys of one deployment."""

    prefix: str

    @cached_property
    def live(self) -> Target:
        """What readers see."""
        return Target(f"{self.prefix}:live")

    def build(self, name: str) -> Target:
        """What a build called `name` fills; "*" builds everything."""
        return Target(f"{self.prefix}:build:{name}")

    def rows(self, collection: str, generation: int) -> str:
        """The hash of a generation's rows."""
        return f"{self.prefix}:rows:{collection}:{generation}"

    def index(self, collection: str, generation: int, name: str) -> str:
        """The sorted set of one index of a generation: a declared one's name, or BY_CREATION."""
        return f"{self.prefix}:index:{collection}:{generation}:{name}"

    def surplus(self, collection: str, generation: int, name: str) -> str:
        """The sorted set of what entries documents have in an index besides their first one."""
        return f"{self.prefix}:surplus:{collection}:{generation}:{name}"

    def shape(self, collection: str, generation: int) -> str:
        """The shape of a generation, as text."""
        return f"{self.prefix}:shape:{collection}:{generation}"

    def parked(self, collection: str, generation: int) -> str:
        """The hash of a generation's parked documents."""
        return f"{self.prefix}:parked:{collection}:{generation}"

    def view(self, collection: str, generation: int, view: str) -> str:
        """The hash of a view's rows."""
        return f"{self.prefix}:view:{collection}:{generation}:{view}"

    def view_index(self, collection: str, generation: int, view: str, order: str) -> str:
        """The sorted set of a view's rows by a measure, by one field of its groups first: "0", "1", …, or as
        an order of it is declared: `carrier,-flights`."""
        return f"{self.prefix}:viewindex:{collection}:{generation}:{view}:{order}"

    def view_values(self, collection: str, generation: int, view: str, path: str) -> str:
        """How many documents of each group have each value at `path`, for min, max and distinct."""
        return f"{self.prefix}:viewvalues:{collection}:{generation}:{view}:{path}"

    def view_ordered(self, collection: str, generation: int, view: str, path: str) -> str:
        """The same values in order, for min and max."""
        return f"{self.prefix}:viewordered:{collection}:{generation}:{view}:{path}"

    def keys_of(self, collection: str, generation: int, shape: Shape) -> list[str]:
        """Every key that a generation of this shape may have."""
        places = (self.rows, self.shape, self.parked)
        keys = [place(collection, generation) for place in places]
        keys.append(self.index(collection, generation, BY_CREATION))
        for index in shape.indexes:
            keys.append(self.index(collection, generation, index.name))
            keys.append(self.surplus(collection, generation, index.name))
        for view in shape.views.values():
            keys += self.keys_of_view(collection, generation, view)
        return keys

    def keys_of_view(self, collection: str, generation: int, view: View) -> list[str]:
        """Every key that one view of a generation may have."""
        place = (collection, generation, view.name)
        paths = dict.fromkeys(measure.path for measure in view.measures if measure.path is not None)
        orders = [*map(str, range(len(view.groups))), *(measure.name for measure in view.measures)]
        orders += [order.name for order in view.orders]
        return [
            self.view(*place),
            *(self.view_index(*place, order) for order in orders),
            *(self.view_values(*place, path) for path in paths),
            *(self.view_ordered(*place, path) for path in paths),
        ]

    @cached_property
    def counter(self) -> str:
        """Numbers generations."""
        return f"{self.prefix}:generation"

    @cached_property
    def jobs(self) -> str:
        """Rebuild jobs; also the channel that tells of a new one."""
        return f"{self.prefix}:jobs"

    @cached_property
    def rollbacks(self) -> str:
        """How often each collection was rolled back."""
        return f"{self.prefix}:rollbacks"

    @cached_property
    def projectors(self) -> str:
        """Heartbeats of projectors."""
        return f"{self.prefix}:projectors"

    @cached_property
    def living(self) -> str:
        """Until when each projector is taken to live."""
        return f"{self.prefix}:living"

    @cached_property
    def leases(self) -> str:
        """Who works on which partition; also the channel that tells of leases that became free."""
        return f"{self.prefix}:leases"

    @cached_property
    def appended(self) -> str:
        """Channel: something was appended to the log."""
        return f"{self.prefix}:appended"

    @cached_property
    def moved(self) -> str:
        """Channel: a live checkpoint moved."""
        return f"{self.prefix}:moved"
