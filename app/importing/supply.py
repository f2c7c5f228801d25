"""A supply of records that is used up, or ends early with a fault of the file."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from app.importing.errors import FileUnusable

T = TypeVar("T")


class Supply(Generic[T]):
    """Items that many workers may take from. What ends it early is kept, so that work under way can end."""

    def __init__(self, found: Iterable[T]) -> None:
        self._found = iter(found)
        self.fault: FileUnusable | None = None

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        try:
            return next(self._found)
        except FileUnusable as fault:
            self.fault = fault
            raise StopIteration from None
