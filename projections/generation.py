"""A generation: one numbered copy of a projection, and which incarnation of its collection it tells of.

A collection may be dropped and declared anew; rows of the one are nothing to the other. Its incarnation is how
much of the log lies below its floors: every drop that took something with it makes it greater, and rows of one
incarnation are the fold of the same commits.

Beside the generation that readers see there may be companions, which every step keeps at the same position: the
next one, while it is compared with the live one, and the one before, where it is kept. The hash of the live
generations names them by collection and role: `orders:next`, `orders:kept`.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from catalog.catalog import Catalog
from events.position import beginning
from projections.shape import EMPTY, Shape, shape_of

VACANT = 0

Role = Literal["next", "kept"]
ROLES: tuple[Role, ...] = ("next", "kept")
_OF = ":"


class Generation(NamedTuple):
    """`number` is VACANT where there is nothing to read until a rebuild has filled a new one."""

    number: int
    incarnation: int

    @property
    def is_vacant(self) -> bool:
        """Whether there is nothing to read yet."""
        return self.number == VACANT

    def write(self) -> str:
        """As Redis keeps it."""
        return f"{self.number} {self.incarnation}"


class Copy(NamedTuple):
    """A generation that is there: of which collection, its number, and what it keeps besides rows."""

    collection: str
    number: int
    shape: Shape


class Blueprint(NamedTuple):
    """What a generation is to be that is started now."""

    incarnation: int
    shape: Shape


def companion(collection: str, role: Role) -> str:
    """What a companion is called where collections are called by their names."""
    return f"{collection}{_OF}{role}"


def collection_of(name: str) -> str:
    """The collection that a generation is of, by what it is called."""
    return name.partition(_OF)[0]


def read_generations(written: Mapping[bytes, bytes]) -> dict[str, Generation]:
    """What Redis keeps: collection -> generation, without companions."""
    return {name: found for name, found in read_all(written).items() if _OF not in name}


def read_companions(written: Mapping[bytes, bytes]) -> dict[str, list[Generation]]:
    """What Redis keeps: collection -> companions of its live generation."""
    companions: dict[str, list[Generation]] = {}
    for name, found in read_all(written).items():
        if _OF in name:
            companions.setdefault(collection_of(name), []).append(found)
    return companions


def read_all(written: Mapping[bytes, bytes]) -> dict[str, Generation]:
    """What Redis keeps, companions too, by what they are called."""
    return {name.decode(): read_generation(generation) for name, generation in written.items()}


def read_generation(written: bytes) -> Generation:
    """What Redis keeps."""
    number, _, incarnation = written.partition(b" ")
    return Generation(int(number), int(incarnation or b"0"))


def incarnation(catalog: Catalog, collection: str, partitions: int) -> int:
    """The incarnation of a collection, as far as this process knows: it may be older than the truth."""
    floors = (catalog.floor(collection, partition) - beginning(partition) for partition in range(partitions))
    return sum(floor for floor in floors if floor > 0)


def blueprint(catalog: Catalog, collection: str, partitions: int) -> Blueprint:
    """What a generation of a collection is to be, as far as this process knows."""
    declared = catalog.get(collection)
    shape = EMPTY if declared is None else shape_of(declared)
    return Blueprint(incarnation(catalog, collection, partitions), shape)
