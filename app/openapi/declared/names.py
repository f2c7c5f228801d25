"""Names for what collections add to the document: no two of them alike."""

import re
from collections.abc import Iterable

_WORD = re.compile("[A-Za-z0-9]+")


class Names:
    """Gives names out, each once.

    Names that differ in case and signs alone are alike, too: generators of clients make one name of them.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {_essence(name) for name in taken}

    def take(self, wanted: str) -> str:
        """`wanted`, or where that is taken `wanted_2`, `wanted_3`…"""
        name, number = wanted, 1
        while not self.is_free(name):
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(_essence(name))
        return name

    def is_free(self, name: str) -> bool:
        """Whether `take` would give `name` itself."""
        return _essence(name) not in self._taken


def pascal(*texts: str) -> str:
    """The words of `texts` in PascalCase: `order_items` is OrderItems. Other signs go."""
    return "".join(word[0].upper() + word[1:] for text in texts for word in _WORD.findall(text))


def _essence(name: str) -> str:
    return "".join(_WORD.findall(name)).lower()
