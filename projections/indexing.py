"""From documents before and after to what changes in a declared index."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from catalog.declared import Index
from events.document import Present
from projections.entries import entries_of, surplus
from projections.fold import Touched

_IsSame = Callable[[Present, Present], bool]


@dataclass(slots=True)
class Members:
    """What changes in a sorted set. What is added was not there, what is removed was."""

    added: list[bytes] = field(default_factory=list)
    removed: list[bytes] = field(default_factory=list)

    def move(self, before: list[bytes], after: list[bytes]) -> None:
        """One document's members become others."""
        if not before or not after:
            self.added += after
            self.removed += before
        elif before != after:
            old, new = set(before), set(after)
            self.added += [member for member in after if member not in old]
            self.removed += [member for member in before if member not in new]


@dataclass(slots=True)
class IndexChanges:
    """What a batch of commits changes in one index of one generation."""

    entries: Members = field(default_factory=Members)
    surplus: Members = field(default_factory=Members)


def index_changes(index: Index, touched: Iterable[Touched]) -> IndexChanges:
    """What changes in `index` when documents do."""
    find, is_same = entries_of(index), _unchanged_by(index)
    changes = IndexChanges()
    for id, before, after, _, _ in touched:
        if isinstance(before, Present) and isinstance(after, Present) and is_same(before, after):
            continue
        old = find(id, before) if isinstance(before, Present) else []
        new = find(id, after) if isinstance(after, Present) else []
        changes.entries.move(old, new)
        if len(old) > 1 or len(new) > 1:
            changes.surplus.move(surplus(old), surplus(new))
    return changes


@lru_cache(maxsize=4096)
def _unchanged_by(index: Index) -> _IsSame:
    """What sees at a glance that a document's entries stay: a patch leaves the values of other fields alone."""
    names = {field.path.split(".")[0] for field in index.fields} - {"id"}
    if "_meta" in names:
        return lambda before, after: False

    def is_same(before: Present, after: Present) -> bool:
        one, other = before.body, after.body
        return all(one.get(name, names) is other.get(name, names) for name in names)

    return is_same
