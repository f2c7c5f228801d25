"""Problems of requests that can not be understood, or may not be made."""

from sanic.exceptions import (
    BadRequest,
    ExpectationFailed,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    RequestTimeout,
    URITooLong,
)

from app.errors import (
    BatchInvalid,
    CodingUnsupported,
    Forbidden,
    HeaderInvalid,
    MediaTypeUnsupported,
    ParameterUnknown,
    QuotaExceeded,
    TooManyCommands,
)
from app.http.json import JsonInvalid
from app.http.refusals import HeadTooLarge, VersionNotSupported
from app.identity.errors import TokenInvalid, TokenMissing
from app.openapi.problems.explained import Explained
from queries.errors import IndexNeeded, QueryInvalid

_MEDIA_TYPES = ("application/merge-patch+json", "application/json-patch+json", "application/json")

EXPLAINED = {
    "batch-too-large": Explained(
        "A batch has more than 1,000 commands. None of them was executed.",
        "Send it in parts, or load what is much with POST /v1/documents/{collection}/import.",
        TooManyCommands(1001, 1000),
    ),
    "batch-invalid": Explained(
        "The body is no batch: not an object with a list of commands, a command that does not exist or has "
        "members that are missing or not its own, a reference to a command that does not come before it. None "
        "of the commands was executed.",
        "Mend the places that `errors` names; of very many it names the first hundred.",
        BatchInvalid([("/commands/0/id", "is missing")]),
    ),
    "request-invalid": Explained(
        "The request breaks the rules of HTTP/1.1, so it is not clear what it says: a malformed request "
        "line or header field, two Host or two Authorization headers, a chunked body with a mistake in it.",
        "Send it with an ordinary HTTP client. A proxy in between may be at fault.",
        BadRequest("The Host header is missing"),
    ),
    "json-invalid": Explained(
        "The body is not one JSON text in UTF-8. Refused, too: a name that stands twice in one object, "
        "NaN, a whole number outside 64 bits, a number too large for a double, a lone surrogate, a byte "
        "order mark, anything after the end.",
        "Mend the body at the byte that `detail` names.",
        JsonInvalid("unexpected end of data", 17),
    ),
    "header-invalid": Explained(
        "A header that this request depends on can not be understood. It is not guessed at.",
        "Mend or leave out the header that `detail` names.",
        HeaderInvalid("If-None-Match", "on a write it can only be *: create, never replace"),
    ),
    "parameter-unknown": Explained(
        "The address has a query parameter that does not exist here. It is refused, since a misspelt "
        "parameter that is ignored answers another question than the one asked.",
        "Use one of the parameters that `detail` names.",
        ParameterUnknown("limt", ("limit", "cursor")),
    ),
    "query-invalid": Explained(
        "A part of a query, or Fold-After, has a value that makes no sense here: a limit that is out of "
        "range, an operator that does not exist, a cursor that was changed or belongs to another query, a "
        "position of another log.",
        "Mend the parameter that `parameter` names. Begin again without the cursor if it is the cursor.",
        QueryInvalid("limit", "is a whole number from 1 to 1000"),
    ),
    "index-needed": Explained(
        "No index of the collection serves this query fully, filter and order both, and the collection has "
        "more documents than may be looked through one by one (FOLDBASE_SCAN_LIMIT), or larger ones.",
        "Declare the index in `indexes` with PUT /v1/collections/{name}, besides those declared already. It "
        "is built in the background, and the collection stays readable meanwhile.",
        IndexNeeded("orders", "12,000 documents", ("status", "-placed_at")),
    ),
    "quota-exceeded": Explained(
        "The operator lets each user make so many requests in so many seconds (FOLDBASE_RATE_LIMIT), and these "
        "are used up. Nothing was done.",
        "Wait for the seconds in Retry-After. RateLimit, in every answer, tells how many more requests you may "
        "make (r), and in how many seconds all of them (t): slow down before it is 0. A batch is one request.",
        QuotaExceeded(600, 60, 1),
    ),
    "token-missing": Explained(
        "Everything under /v1 needs a token, and the request has none.",
        "Send `Authorization: Bearer` and a token. `foldbase token` prints one.",
        TokenMissing(),
    ),
    "token-invalid": Explained(
        "The token is not one that this deployment signed for this use, or its time is over.",
        "Get a new token. A token that was good before the key was rotated is good no more.",
        TokenInvalid("the token has expired"),
    ),
    "forbidden": Explained(
        "The token is good, but its role does not allow this: declarations and projections need the role "
        "admin.",
        "Use a token of the role that `detail` names.",
        Forbidden("admin"),
    ),
    "route-missing": Explained(
        "There is nothing at this address.",
        "Compare the address with the reference at /docs. Paths have no slash at the end.",
        NotFound("Requested URL /v1/document not found"),
    ),
    "method-not-allowed": Explained(
        "There is something at this address, but not for this method.",
        "Use one of the methods in the Allow header.",
        MethodNotAllowed("Method POST not allowed for URL /health/live", "POST", ["GET", "HEAD"]),
    ),
    "request-timeout": Explained(
        "The head or the body of the request took longer to arrive than this deployment allows.",
        "Send it again on a better line. The operator can allow more with FOLDBASE_HEAD_TIMEOUT and "
        "FOLDBASE_BODY_TIMEOUT.",
        RequestTimeout("The request did not arrive in time"),
    ),
    "body-too-large": Explained(
        "The body is larger than this deployment takes. A single document is held to 1 MiB besides.",
        "Send less. The operator can allow more with FOLDBASE_MAX_BODY.",
        PayloadTooLarge("The body is too large"),
    ),
    "address-too-long": Explained(
        "The request line is longer than 16 KiB.",
        "Shorten the address.",
        URITooLong("The request line is too long"),
    ),
    "media-type-unsupported": Explained(
        "The body is of a media type that is not taken here, or none is named.",
        "Send Content-Type with one of the types in the Accept or Accept-Patch header of the answer.",
        MediaTypeUnsupported(_MEDIA_TYPES, patch=True),
    ),
    "coding-unsupported": Explained(
        "The body has a Content-Encoding, such as gzip. Lines to import are taken as they are.",
        "Unpack it on the way: `zcat orders.ndjson.gz | curl --data-binary @- …`.",
        CodingUnsupported(("application/x-ndjson", "application/jsonl")),
    ),
    "expectation-failed": Explained(
        "The request has an Expect header with something else than 100-continue.",
        "Leave the Expect header out.",
        ExpectationFailed("The only expectation is 100-continue"),
    ),
    "header-too-large": Explained(
        "The header fields of the request are larger than 16 KiB together.",
        "Send fewer or shorter headers; large cookies are the usual cause.",
        HeadTooLarge("The header fields are too large"),
    ),
    "version-not-supported": Explained(
        "The request line names another version of HTTP than 1.0 or 1.1.",
        "Speak HTTP/1.1. A proxy in front can speak HTTP/2 with its clients.",
        VersionNotSupported("HTTP/1.1 is spoken here"),
    ),
}
