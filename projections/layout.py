"""Where projections lie in Redis. Every key starts with the deployment's prefix.

{prefix}:live:checkpoint:{partition}   "{log id} {position}"
{prefix}:live:generations              hash: collection -> its live generation, "{number} {incarnation}"
{prefix}:rows:{collection}:{g}         hash: id -> row, see projections/row.py
{prefix}:index:{collection}:{g}:{name} sorted set, all scores 0: order key + id
{prefix}:build:{name}:…                checkpoints, generations and lease of a build under way
{prefix}:generation                    counter that numbers generations
{prefix}:jobs                          hash: collection -> rebuild job, JSON
{prefix}:projectors                    hash: projector -> its states and heartbeat, JSON
channels {prefix}:appended, {prefix}:moved, {prefix}:jobs
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

BY_CREATION = "_created"


@dataclass(frozen=True)
class Target:
    """A set of generations and the checkpoints they stand at: the live one, or one being built."""

    base: str

    @cached_property
    def generations(self) -> str:
        """The hash collection -> generation."""
        return f"{self.base}:generations"

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
        """The sorted set of one index of a generation."""
        return f"{self.prefix}:index:{collection}:{generation}:{name}"

    def keys_of(self, collection: str, generation: int) -> list[str]:
        """Every key of a generation."""
        return [self.rows(collection, generation), self.index(collection, generation, BY_CREATION)]

    @cached_property
    def counter(self) -> str:
        """Numbers generations."""
        return f"{self.prefix}:generation"

    @cached_property
    def jobs(self) -> str:
        """Rebuild jobs; also the channel that tells of a new one."""
        return f"{self.prefix}:jobs"

    @cached_property
    def projectors(self) -> str:
        """Heartbeats of projectors."""
        return f"{self.prefix}:projectors"

    @cached_property
    def appended(self) -> str:
        """Channel: something was appended to the log."""
        return f"{self.prefix}:appended"

    @cached_property
    def moved(self) -> str:
        """Channel: a live checkpoint moved."""
        return f"{self.prefix}:moved"
