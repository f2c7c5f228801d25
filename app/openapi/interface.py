"""foldbase's own interface: every route there is, as one OpenAPI document."""

from importlib.metadata import version
from typing import Any

from app.openapi.composing import compose
from app.openapi.description import Group, Schema
from app.openapi.operations.batches import BATCHES
from app.openapi.operations.collections import COLLECTIONS
from app.openapi.operations.documents import DOCUMENTS
from app.openapi.operations.exports import EXPORTS
from app.openapi.operations.health import HEALTH
from app.openapi.operations.parked import PARKED
from app.openapi.operations.projections import PROJECTIONS
from app.openapi.operations.reference import REFERENCE
from app.openapi.operations.views import VIEWS
from app.openapi.schemas import (
    batches,
    collections,
    documents,
    health,
    imports,
    parked,
    problems,
    projections,
    queries,
    rows,
)

GROUPS: tuple[Group, ...] = (
    DOCUMENTS,
    BATCHES,
    VIEWS,
    COLLECTIONS,
    EXPORTS,
    PROJECTIONS,
    PARKED,
    HEALTH,
    REFERENCE,
)
SCHEMAS: dict[str, Schema] = {
    **documents.SCHEMAS,
    **imports.SCHEMAS,
    **batches.SCHEMAS,
    **queries.SCHEMAS,
    **rows.SCHEMAS,
    **collections.SCHEMAS,
    **projections.SCHEMAS,
    **parked.SCHEMAS,
    **health.SCHEMAS,
    **problems.SCHEMAS,
}

_DESCRIPTION = """\
A document API over an append-only event log. Declare a collection, write documents, read them back.

Every write answers `Fold-Position`, the place of its commit in the log. A read that sends it back as \
`Fold-After` is answered with that write or a later state, or says that it can not be.

Every address answers OPTIONS with the methods that it has, in `Allow`; no token is needed for that. Pages of \
other origins may use what is here where the operator lists them (`FOLDBASE_CORS_ORIGINS`).

Large answers are compressed with zstd or gzip where `Accept-Encoding` allows it. `ETag`s can be sent back in \
`If-None-Match`, and those of documents in `If-Match`.

Where the operator limits how often a user may ask (`FOLDBASE_RATE_LIMIT`), every answer says in `RateLimit` \
how many requests are left.

Errors are problems (RFC 9457). The `type` of each is the address of its explanation."""


INFO = {
    "title": "foldbase",
    "version": version("foldbase"),
    "summary": "A document backend whose source of truth is an append-only event log.",
    "description": _DESCRIPTION,
    "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
}


def interface() -> dict[str, Any]:
    """The OpenAPI document of this version of foldbase, whatever is declared."""
    return compose(INFO, GROUPS, SCHEMAS)
