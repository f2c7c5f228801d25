"""The parameters and headers that the interface uses, each described once."""

from app.openapi.description import Header, Parameter, Schema
from app.routes.preferring import MOST_PATIENCE
from queries.query import DEFAULT_LIMIT, MOST_LIMIT

TEXT: Schema = {"type": "string"}
COLLECTION_NAME: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,62}$"}
DOCUMENT_ID: Schema = {"type": "string", "pattern": "^[A-Za-z0-9._~:@-]{1,200}$"}
POSITIONS: Schema = {"type": "string", "pattern": r"^\d{1,16}(\s*,\s*\d{1,16})*$"}

COLLECTION = Parameter("collection", "path", "The collection's name.", COLLECTION_NAME, "orders")
NAME = Parameter("name", "path", "The collection's name.", COLLECTION_NAME, "orders")
ID = Parameter("id", "path", "The document's id.", DOCUMENT_ID, "o1")
PROBLEM_NAME = Parameter("name", "path", "The last part of a problem's `type`.", TEXT, "version-conflict")

LIMIT = Parameter(
    "limit",
    "query",
    "How many documents the page has at most.",
    {"type": "integer", "minimum": 1, "maximum": MOST_LIMIT, "default": DEFAULT_LIMIT},
    20,
)
CURSOR = Parameter(
    "cursor",
    "query",
    "Where the page begins: `next` of the page before it. A cursor does not expire, and belongs to its query: "
    "`limit`, `fields`, `count` and `explain` may change between pages, nothing else.",
    TEXT,
)
WHERE = Parameter(
    "where",
    "query",
    "What the documents must be like: `where[PATH]=VALUE` or `where[PATH][OPERATOR]=VALUE`, as often as "
    "needed; all of them must hold. Operators are eq, in, lt, lte, gt, gte, prefix and exists. Dots in a path "
    "lead into objects. A value is JSON where it reads as a JSON scalar, else a string; where the schema says "
    "`string` it is a string without quotes, too. `in` takes values separated by commas, or a JSON array.",
    {"type": "object"},
    {"status": "paid"},
    is_deep=True,
)
SORT = Parameter(
    "sort",
    "query",
    "The order: paths separated by commas, a leading `-` for descending. Unless said, it is the order of the "
    "index used; without a filter, too, newest first.",
    TEXT,
    "-placed_at",
)
COUNT = Parameter(
    "count",
    "query",
    "`true`: say how many there are in all, exactly.",
    {"type": "boolean", "default": False},
    True,
)
FIELDS = Parameter(
    "fields",
    "query",
    "Paths separated by commas: answer these fields alone, nested as they are. `id` and `_meta` are always "
    "there.",
    TEXT,
    "status,total",
)
EXPLAIN = Parameter(
    "explain",
    "query",
    "`true`: say which index was used, and how many of its entries were looked at.",
    {"type": "boolean", "default": False},
    True,
)
FOLD_AFTER = Parameter(
    "Fold-After",
    "header",
    "Positions that the answer must include, as a `Fold-Position` gave them. The read waits until the "
    "projections are there, and answers 503 `projection-behind` when that takes too long.",
    POSITIONS,
    "812",
)
PREFER_WAIT = Parameter(
    "Prefer",
    "header",
    f"`wait=n`: how many seconds a read with `Fold-After` may wait. 2 unless said, {MOST_PATIENCE} at most.",
    TEXT,
    "wait=5",
)
PREFER_RETURN = Parameter(
    "Prefer",
    "header",
    "`return=minimal`: answer without the document, and where it was made, with its `id` and `_meta` alone; "
    "`handling=strict`: refuse a preference that can not be applied.",
    TEXT,
    "return=minimal",
)
PREFER_HANDLING = Parameter(
    "Prefer",
    "header",
    "`handling=strict`: refuse a preference that can not be applied.",
    TEXT,
    "handling=strict",
)
IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "header",
    "A string of 1 to 200 visible characters that you choose for this request, and use for no other: sent "
    "again with the same key, the request has no second effect, and is answered as it was. Keys live as long "
    "as the log.",
    TEXT,
    '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
)
ADMIN_KEY = Parameter(
    "Idempotency-Key",
    "header",
    "A string of 1 to 200 visible characters that you choose for this request, and use for no other: sent "
    "again with the same key, the request has no second effect, and is answered as it was.",
    TEXT,
    '"5f0e7c1c-5b62-4f0b-8e0b-3f6f7b1a7c11"',
)
KEYED = ("header-invalid", "request-under-way", "request-differs")
"""What a request with an `Idempotency-Key` may be refused with."""

TRACEPARENT = Parameter(
    "traceparent",
    "header",
    "The W3C trace that this request belongs to; it is kept with the commit.",
    TEXT,
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)
IF_NONE_MATCH = Parameter(
    "If-None-Match",
    "header",
    "The `ETag` that you have: when it still holds, the answer is 304 without a body.",
    TEXT,
    '"1"',
)
IF_UNKNOWN = Parameter(
    "If-None-Match", "header", "The `ETag` that you have: only if it does not hold any more.", TEXT, '"1"'
)
CREATE_ONLY = Parameter(
    "If-None-Match",
    "header",
    "`*` and nothing else: only if there is no such document.",
    {"type": "string", "enum": ["*"]},
    "*",
)
IF_MATCH = Parameter(
    "If-Match",
    "header",
    "The `ETag` that the change is based on, or several, or `*` for any: only if the document is still there "
    "as it was. A collection may demand it.",
    TEXT,
    '"1"',
)

IF_STILL = Parameter(
    "If-Match",
    "header",
    "An `ETag`, or several: only if the document is still at that version; `*` for any.",
    TEXT,
    '"1"',
)

IF_DECLARED = Parameter(
    "If-Match",
    "header",
    "An `ETag`, or several: only if the collection is still declared so; `*` for any declaration.",
    TEXT,
    '"1"',
)
DECLARE_ONLY = Parameter(
    "If-None-Match",
    "header",
    "`*` and nothing else: only if no such collection is declared.",
    {"type": "string", "enum": ["*"]},
    "*",
)

REVISION_ETAG = Header(
    "ETag", "The collection's revision, in quotes; where the body is compressed, with the coding.", TEXT, '"1"'
)
ETAG = Header(
    "ETag", "The document's version, in quotes; where the body is compressed, with the coding.", TEXT, '"1"'
)
PAGE_ETAG = Header("ETag", "Changes when the body does.", TEXT, '"3f1c0a52b7d94e86"')
LIST_ETAG = Header(
    "ETag",
    "Weak. Another one after every write that the projections have applied, and for every other query.",
    TEXT,
    'W/"812-0a52b7d9"',
)
PREFERENCE_APPLIED = Header(
    "Preference-Applied", "What of `Prefer` was applied; only where something was.", TEXT, "return=minimal"
)
LOCATION = Header("Location", "The address of what was made.", TEXT, "/v1/documents/orders/o1")
FOLD_PLAN = Header(
    "Fold-Plan",
    "How the answer was found: `index=` and the index, or `scan` where every document was looked at.",
    TEXT,
    "index=status,-placed_at",
)
LINK = Header(
    "Link",
    "The address of the next page, with `rel=next`; not on the last page, and not where it is over 10 KiB.",
    TEXT,
    '</v1/documents/orders?limit=1&cursor=…>; rel="next"',
)
STALE_SINCE = Header(
    "Fold-Stale",
    "Only of a parked document: the position of the first commit that is not applied to it.",
    TEXT,
    "814",
)
STALE_ON_PAGE = Header(
    "Fold-Stale",
    "Only where documents on the page are parked: the earliest position of a commit that is not applied to "
    "one of them; of several partitions one each, with commas. Their `_meta.stale_since` says which they are.",
    TEXT,
    "814",
)
WRITTEN_AT = Header(
    "Fold-Position",
    "The position of the commit that this state comes from. Send it as `Fold-After` to read it back.",
    TEXT,
    "812",
)
WRITTEN_LAST_AT = Header(
    "Fold-Position",
    "The newest position that was written, one for every partition that was written to; none where nothing "
    "was. Send it as `Fold-After` to read all of it back.",
    TEXT,
    "813",
)
SERVED_AT = Header(
    "Fold-Position",
    "The checkpoint that the answer was read at, one position for every partition of the log.",
    TEXT,
    "812",
)
MISSED_AT = Header(
    "Fold-Position", "With `document-missing`: the checkpoint at which there was none.", TEXT, "812"
)
RETRY_AFTER = Header("Retry-After", "Seconds after which to try again.", {"type": "integer"}, "1")
RATE_LIMIT = Header(
    "RateLimit", "How many more requests you may make, and in how many seconds all.", TEXT, '"user";r=0;t=60'
)
RATE_LIMIT_POLICY = Header(
    "RateLimit-Policy", "How many requests a user may make in so many seconds.", TEXT, '"user";q=600;w=60'
)
WWW_AUTHENTICATE = Header(
    "WWW-Authenticate",
    "How to authenticate.",
    {"type": "string", "pattern": '^Bearer realm="foldbase"'},
    'Bearer realm="foldbase"',
)
REQUEST_ID = Header(
    "X-Request-ID", "The id of this answer; finds it in the log.", TEXT, "0197a2c4-6f1e-4c53-9f0a-4a6b7f0f3b52"
)
ACCEPT = Header("Accept", "The media types that are taken here.", TEXT, "application/json")
ACCEPT_ENCODING = Header(
    "Accept-Encoding", "With `coding-unsupported`: the codings that are taken.", TEXT, "identity"
)
ACCEPT_PATCH = Header(
    "Accept-Patch",
    "The media types of patches that are taken here.",
    TEXT,
    "application/merge-patch+json, application/json-patch+json, application/json",
)
