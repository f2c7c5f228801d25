"""Operations that export."""

from app.exporting.formats import ARROW, CSV, FORMATS, NDJSON, PARQUET
from app.openapi.description import Answer, Content, Group, Header, Operation, Parameter
from app.openapi.fields import COLLECTION, POSITIONS, TEXT

_PROBLEMS = (
    "parameter-unknown",
    "query-invalid",
    "token-missing",
    "token-invalid",
    "forbidden",
    "collection-missing",
    "log-unavailable",
)

_FORMAT = Parameter(
    "format",
    "query",
    "What the file is to be. Parquet, and Arrow in its file format, are there where pyarrow is installed.",
    {"enum": list(FORMATS)},
    "csv",
)
_AT = Parameter(
    "at",
    "query",
    "As of this position, as `Fold-Position` gave it; of a log with several partitions, one of each, with "
    "commas between them. Without it, as of now.",
    POSITIONS,
)
_DEFUSED = Parameter(
    "defused",
    "query",
    "In CSV: an apostrophe before text that a spreadsheet would take for a formula.",
    {"type": "boolean", "default": False},
)
_VIEW = Parameter("view", "path", "The name of one of the collection's views.", TEXT, "by_status")
_AS_OF = Header(
    "Fold-Position",
    "The position that everything in the file is of, one for every partition of the log; `at` takes it.",
    TEXT,
    "812",
)
_DISPOSITION = Header(
    "Content-Disposition", "A name for the file.", TEXT, 'attachment; filename="orders-812.csv"'
)
_FILE = Answer(
    "The file. It is sent while it is made: a connection that breaks off has not sent all of it.",
    (_AS_OF, _DISPOSITION),
    {
        NDJSON.media: Content({"type": "string"}),
        CSV.media: Content({"type": "string"}),
        PARQUET.media: Content({}),
        ARROW.media: Content({}),
    },
)

DOCUMENTS = Operation(
    name="export_collection",
    method="get",
    path="/v1/export/{collection}",
    tag="exports",
    access="admin",
    summary="Export a collection",
    description=(
        "All documents by id, as they were at one position, whatever is written meanwhile. They are folded "
        "from the log, so that the projections are not disturbed, and sent no faster than they are taken. "
        "NDJSON has a document a line, as reads give it. The others have columns: those of the collection's "
        "schema; without one, those that a first pass over all documents finds."
    ),
    parameters=(COLLECTION, _FORMAT, _AT, _DEFUSED),
    sample={"format": "csv"},
    answers={200: _FILE},
    problems=_PROBLEMS,
)

VIEW = Operation(
    name="export_view",
    method="get",
    path="/v1/export/{collection}/{view}",
    tag="exports",
    access="admin",
    summary="Export a view",
    description=(
        "All rows of a view by group, worked out anew from the log as of one position. The groups are held in "
        "memory while this is done."
    ),
    parameters=(COLLECTION, _VIEW, _FORMAT, _AT, _DEFUSED),
    sample={"format": "csv"},
    answers={200: _FILE},
    problems=(*_PROBLEMS, "view-missing"),
)

EXPORTS = Group(
    "exports",
    "Files for analysts: a collection or a view as it was at one position, as NDJSON, CSV, Parquet or Arrow.",
    (DOCUMENTS, VIEW),
)
