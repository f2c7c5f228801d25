"""Conditions: what a client demands of the document it is about to change."""

from dataclasses import dataclass

from commands.errors import ConditionFailed
from events.position import Version


@dataclass(frozen=True, slots=True)
class Condition:
    """versions: the document must exist at one of these. exists: it must be there, or must not.

    A condition on versions is never retried: who demanded a version gets to know that it is gone.
    """

    versions: frozenset[int] | None = None
    exists: bool | None = None

    def check(self, version: Version, exists: bool) -> None:
        """Raises ConditionFailed. `version` is the stream's, which outlives its document."""
        if self.exists is not None and self.exists != exists:
            raise ConditionFailed(version if exists else 0)
        if self.versions is not None and not (exists and version in self.versions):
            raise ConditionFailed(version if exists else 0)


ANY = Condition()
IMPOSSIBLE = Condition(versions=frozenset())
