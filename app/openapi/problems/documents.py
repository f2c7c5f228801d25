"""Problems with documents and collections: what is not there, what the rules refuse, what has changed."""

from app.errors import ConditionRequired
from app.openapi.problems.explained import Explained
from catalog.errors import CollectionMissing, DeclarationInvalid, Problem, UniqueNeedsEmpty
from commands.errors import (
    BodyInvalid,
    ConditionFailed,
    DependencyFailed,
    DocumentExists,
    DocumentMissing,
    HistoryUnreadable,
    PatchInvalid,
    PatchUnfit,
    RequestDiffers,
    RequestUnderWay,
    SchemaViolated,
    UniqueTaken,
)
from events.errors import RequestRepeated
from projections.errors import NoRebuildRuns, NothingKept, NotParked, RebuildRunning
from queries.errors import ViewMissing

EXPLAINED = {
    "document-missing": Explained(
        "There is no document with this id, or it was deleted.",
        "Create it with PUT or POST. One that was deleted can be restored. A read right after a write "
        "needs Fold-After to be sure to see it.",
        DocumentMissing(),
    ),
    "collection-missing": Explained(
        "No collection of this name is declared.",
        "Declare it with PUT /v1/collections/{name}. `foldbase up` makes collections on their first write.",
        CollectionMissing("oders"),
    ),
    "view-missing": Explained(
        "The collection declares no view of this name.",
        "Declare it in `views` with PUT /v1/collections/{name}, or ask for one of those that the detail names.",
        ViewMissing("orders", "by_state", ("by_status",)),
    ),
    "document-exists": Explained(
        "POST makes new documents only, and restore brings back deleted ones only; this document is there.",
        "Replace it with PUT, change it with PATCH, or choose another id.",
        DocumentExists(),
    ),
    "patch-unfit": Explained(
        "The JSON Patch is valid, but not for the document as it is now: a path leads nowhere, or a `test` "
        "does not hold. No operation was applied.",
        "Read the document again, and patch what is there.",
        PatchUnfit(0, "member 'total' not found in {}"),
    ),
    "unique-taken": Explained(
        "Another document of the collection has the same values in fields that are declared unique.",
        "Choose other values for the fields that `fields` names.",
        UniqueTaken(("number",)),
    ),
    "unique-needs-empty": Explained(
        "A unique set was added to a collection that has documents. Nobody has compared these yet, so the "
        "promise could not be kept. Nothing was changed.",
        "Declare a new collection with the unique set and import the documents there.",
        UniqueNeedsEmpty("orders", (("number",),)),
    ),
    "rebuild-running": Explained(
        "This projection is being rebuilt already.",
        "Follow the rebuild that runs: GET /v1/projections.",
        RebuildRunning("orders"),
    ),
    "rebuild-missing": Explained(
        "No rebuild of this projection is under way that could be paused, resumed or cancelled.",
        "GET /v1/projections tells how the last one ended.",
        NoRebuildRuns("orders"),
    ),
    "nothing-kept": Explained(
        "There is no generation of this projection to go back to, or to forget.",
        'Rebuild with {"keep": true}: the generation before is kept then, and kept up to date.',
        NothingKept("orders"),
    ),
    "history-unreadable": Explained(
        "The log holds an event of this document that can not be applied: its state is not known.",
        "An operator works it off: `foldbase parked`. It is read as it was meanwhile.",
        HistoryUnreadable("orders/o1"),
    ),
    "not-parked": Explained(
        "The document is not parked, or not any more.",
        "GET /v1/parked lists what is.",
        NotParked("orders", "o1"),
    ),
    "request-repeated": Explained(
        "A write with the same request key had its effect already. Nothing was written now.",
        "Read the document to see what that write did.",
        RequestRepeated(b"key"),
    ),
    "request-under-way": Explained(
        "A request with the same idempotency key is being worked on just now.",
        "Send it again in a moment: it is answered then with what came of the first.",
        RequestUnderWay(),
    ),
    "request-differs": Explained(
        "The idempotency key was used before, for a request with another method, address, content type or "
        "body. Nothing was written now.",
        "Choose a new key for every new request; keep the key only to send the very same one again.",
        RequestDiffers(),
    ),
    "dependency-failed": Explained(
        "A command of a batch needs the id of an earlier one, which failed. It was not executed.",
        "Mend the earlier command; `detail` names it.",
        DependencyFailed(0),
    ),
    "version-conflict": Explained(
        "If-Match or If-None-Match does not hold: somebody wrote first, or what is asked for is not there. "
        "Nothing was written, and nothing was tried again.",
        "Read it again, make the change on what is there now, and send its new ETag. `version` is the "
        "version of the document now, or the revision of the collection; 0 where there is none.",
        ConditionFailed(4),
    ),
    "document-invalid": Explained(
        "No document can be like that: the body is no object, the id breaks the grammar of ids or differs "
        "from the address, `_meta` is not what the server wrote, a name begins with `$` or holds NUL, a "
        "number is out of range, it is nested deeper than 64 levels or larger than 1 MiB.",
        "Mend the places that `errors` names.",
        BodyInvalid("/id", "differs from the address, which says 'o1'"),
    ),
    "schema-violated": Explained(
        "The document, as it would be after this change, breaks the JSON Schema of its collection.",
        "Mend the places that `errors` names; all of them are named, up to 100.",
        SchemaViolated((("/total", '"12" is not of type "number"'),)),
    ),
    "patch-invalid": Explained(
        "No document could be patched like that: it is no JSON Patch, a pointer is malformed, it reaches "
        "into `id` or `_meta`, moves a value into itself, has more than 1,000 operations, or leaves "
        "something that is no object.",
        "Mend the operation that `detail` names.",
        PatchInvalid("operation 0 moves a value into itself"),
    ),
    "declaration-invalid": Explained(
        "The declaration can not be: an unknown key, a name or path that breaks the grammar, a schema that "
        "is none or reaches outside itself, a pattern that could take for ever. Nothing was changed.",
        "Mend the places that `errors` names; all of them are named, up to 100.",
        DeclarationInvalid([Problem("/indexs", 'unknown key; did you mean "indexes"?')]),
    ),
    "condition-required": Explained(
        "The collection demands that every change names the version it is based on, so that nobody "
        "overwrites what they have not seen.",
        "Send If-Match with the ETag of the document as you read it, or If-None-Match: * to create it.",
        ConditionRequired(),
    ),
}
