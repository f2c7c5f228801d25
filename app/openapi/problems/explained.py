"""One kind of problem in words."""

from typing import NamedTuple


class Explained(NamedTuple):
    """meaning: what has happened. remedy: what to do. sample: an error that is answered so."""

    meaning: str
    remedy: str
    sample: Exception
