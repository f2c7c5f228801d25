"""Working ahead: what an iterator makes is made in a thread, while what it made before is used."""

from collections.abc import Iterable, Iterator
from queue import Queue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

_END = object()


def ahead(made: Iterable[T], most: int = 2) -> Iterator[T]:
    """The items of `made`, of which at most so many wait. What it raises is raised after the last of them."""
    waiting: Queue[object] = Queue(most)
    failed: list[BaseException] = []

    def make() -> None:
        try:
            for item in made:
                waiting.put(item)
        except BaseException as error:  # noqa: BLE001 - it is raised where the items are used
            failed.append(error)
        waiting.put(_END)

    Thread(target=make, name="ahead", daemon=True).start()
    while (item := waiting.get()) is not _END:
        yield item  # type: ignore[misc]
    if failed:
        raise failed[0]
