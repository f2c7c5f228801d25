"""Ids of documents: their grammar, and new ones."""

import re

from uuid_utils import uuid7

from commands.errors import BodyInvalid

_GRAMMAR = re.compile(r"[A-Za-z0-9._~:@-]{1,200}")


def checked_id(id: str) -> str:
    """The id itself. Raises BodyInvalid where it breaks the grammar of ids."""
    if not _GRAMMAR.fullmatch(id) or id in (".", ".."):
        raise BodyInvalid("/id", "is 1 to 200 of the characters A-Z a-z 0-9 . _ ~ : @ - (and not . or ..)")
    return id


def new_id() -> str:
    """An id for a new document: a UUIDv7, RFC 9562; ids made later sort later."""
    return str(uuid7())
