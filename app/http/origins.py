"""Origins, as browsers name them in the Origin header: which ones a setting lists."""

import re
from collections.abc import Set
from typing import Final

ANY: Final = frozenset({"*"})

_ORIGIN: Final = re.compile(r"https?://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")


def read_origins(text: str) -> Set[str]:
    """Exact origins with commas between them, or `*` for any; none where the text is empty.

    Raises: ValueError for what no browser sends as an Origin, and for `null`, which any page can be.
    """
    origins = frozenset(stripped for part in text.split(",") if (stripped := part.strip()))
    if origins != ANY and not all(map(_ORIGIN.fullmatch, origins)):
        raise ValueError("an origin is like https://app.example.org, in small letters and without a path")
    return origins
