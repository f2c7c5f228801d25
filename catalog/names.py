"""The grammar of names and paths, and a hint where one is nearly right.

Each check answers what is wrong, or None.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable

from catalog.errors import shown

RESERVED = frozenset({"batch", "foldbase", "query", "rebuild"})
"""Names no collection may take: words that stand beside a collection in the interface, and our own."""

META_PATHS = frozenset({"_meta.created_at", "_meta.updated_at"})
"""What of `_meta` may be indexed and grouped: the only parts that later events of others do not change."""

MAX_PATH_BYTES = 1024
MAX_PATH_DEPTH = 64

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")


def collection_problem(name: str) -> str | None:
    """A collection is named `[a-z][a-z0-9_]{0,62}`, and not by a reserved word."""
    if not _NAME.fullmatch(name):
        return f"{shown(name)} is no collection name: a to z first, then a to z, 0 to 9 and _, 63 at most"
    if name in RESERVED:
        return f"{shown(name)} is reserved; choose another name"
    return None


def view_problem(name: str) -> str | None:
    """A view is named as a collection is; no word is reserved."""
    if not _NAME.fullmatch(name):
        return f"{shown(name)} is no view name: a to z first, then a to z, 0 to 9 and _, 63 at most"
    return None


def label_problem(label: str) -> str | None:
    """A column of a view's rows (a measure, an "as") is named `[A-Za-z][A-Za-z0-9_]{0,62}`."""
    if not _LABEL.fullmatch(label):
        return f"{shown(label)} is no column name: a letter first, then letters, digits and _, 63 at most"
    return None


def path_problem(path: str) -> str | None:
    """A path names a field, nested ones by dots: `customer.country`.

    At most 1,024 bytes and 64 segments. Narrower than the names of fields in documents: no segment is
    empty or begins with `$`; there is no comma (it separates fields in a query), no control character
    and no leading `-` (it reverses a field of an index). Of the server's fields only `id`,
    `_meta.created_at` and `_meta.updated_at` can be meant.
    """
    if len(path.encode("utf-8", "surrogatepass")) > MAX_PATH_BYTES:
        return f"a path is at most {MAX_PATH_BYTES} bytes long"
    segments = path.split(".")
    if len(segments) > MAX_PATH_DEPTH:
        return f"a path is at most {MAX_PATH_DEPTH} segments deep"
    return _spelling_problem(path, segments) or _server_field_problem(path, segments[0])


def _spelling_problem(path: str, segments: list[str]) -> str | None:
    if not all(segments):
        return f"{shown(path)} has an empty segment"
    if any(segment.startswith("$") for segment in segments):
        return f"{shown(path)}: no field name begins with $"
    if path.startswith("-"):
        return f"{shown(path)} begins with -, which reverses a field of an index and nothing else"
    if "," in path or any(unicodedata.category(character) == "Cc" for character in path):
        return f"{shown(path)}: a field with a comma or a control character in its name cannot be declared"
    return None


def _server_field_problem(path: str, first: str) -> str | None:
    if first == "_meta" and path not in META_PATHS:
        return f"{shown(path)}: of _meta only created_at and updated_at can be declared"
    if first == "id" and path != "id":
        return f"{shown(path)}: an id has no fields"
    return None


def nearest(word: str, known: Iterable[str]) -> str:
    """A clause to end a message with: the known word that `word` nearly is, else all of them."""
    words = sorted(known)
    if close := difflib.get_close_matches(word[:80], words, n=1):
        return f'did you mean "{close[0]}"?'
    return f"known are {', '.join(words)}"
