"""Problems of the service itself: it is busy, behind, or cut off from its stores."""

from sanic.exceptions import SanicException, ServiceUnavailable

from app.openapi.problems.explained import Explained
from events.errors import LogUnavailable, VersionConflict
from projections.errors import ProjectionAway
from queries.errors import IndexBuilding, ProjectionBehind

EXPLAINED = {
    "unexpected": Explained(
        "Something happened that should not have. Nothing more is told here, so that nothing inner gets out.",
        "Find the request id in the server's log, and report what is there.",
        RuntimeError("an error of ours"),
    ),
    "not-implemented": Explained(
        "The server can not do what the request asks of HTTP.",
        "Ask for it in another way.",
        SanicException("Not Implemented", 501),
    ),
    "contention": Explained(
        "So many writers change this one document that this write lost the race 50 times. Nothing was written.",
        "Try again after the time in Retry-After. If it happens often, spread the changes over more documents.",
        VersionConflict("orders/o1", 7),
    ),
    "log-unavailable": Explained(
        "MongoDB did not answer in time, or the log there is not the one configured. A write that was under "
        "way may or may not have been made.",
        "Try again after the time in Retry-After. Read the document before you repeat a change that must not "
        "happen twice, or demand its version with If-Match.",
        LogUnavailable("MongoDB did not answer in time", unknown=True),
    ),
    "projection-unavailable": Explained(
        "Redis does not answer, so nothing can be read from the projections. Writes go on.",
        "Try again after the time in Retry-After.",
        ProjectionAway("Connection refused"),
    ),
    "projection-behind": Explained(
        "The projections have not reached the position that Fold-After asks for, or they are being filled "
        "from the log.",
        "Try again after the time in Retry-After, or let the read wait longer with `Prefer: wait=10`. If it "
        "stays like this, look at GET /v1/projections: perhaps no projector runs.",
        ProjectionBehind(812, 2.0, "no projector works on them"),
    ),
    "projection-building": Explained(
        "The view, or the index or order that would serve the query, was declared, and is being built from the "
        "log. "
        "Everything else of the collection can be read meanwhile.",
        "Try again after the time in Retry-After. GET /v1/projections tells how far it is.",
        IndexBuilding("orders", "status,-placed_at"),
    ),
    "overloaded": Explained(
        "The server has more to do than it can.",
        "Try again after the time in Retry-After, and wait longer after each attempt.",
        ServiceUnavailable("Response Timeout"),
    ),
}
