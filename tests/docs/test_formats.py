"""What the reference says of limits and formats is what the code does."""

from datetime import UTC, datetime

import pytest

from app.exporting.columns import MOST_COLUMNS
from app.http.guarded_http import HEAD_LIMIT
from app.http.protocol import CONNECTION_LIMIT
from app.identity.tokens import LONGEST_SUBJECT
from app.identity.verifier import LONGEST_TOKEN
from app.quotas.spending import KEYS
from app.routes.export import MOST_AT_ONCE
from app.routes.preferring import MOST_PATIENCE
from app.settings import Settings
from catalog.declaration import MAX_INDEXES, MAX_UNIQUE, MAX_VIEWS
from catalog.fields import MAX_FIELDS
from catalog.names import RESERVED
from catalog.parsing import MAX_BYTES
from catalog.schema import MAX_VIOLATIONS
from catalog.schema_rules import MAX_PATTERNS, MAX_SCHEMA_BYTES
from catalog.views import MAX_CONDITIONS, MAX_GROUP_FIELDS, MAX_MEASURES, MAX_ORDERS
from commands.batch import MOST_COMMANDS
from commands.execution import MOST_ATTEMPTS
from commands.json_patch import MOST_OPERATIONS
from events.batch import MOST_BATCH, MOST_BATCH_BYTES, MOST_WAITING, MOST_WAITING_BYTES
from events.commit import MOST_COMMIT_BYTES, MOST_EVENTS, RESTORED, Event, NewCommit, to_stored
from events.document import CREATED, DELETED, PATCHED, REPLACED
from events.position import MOST_PARTITIONS, SEQUENCE_BITS, Position, StreamName, Version
from events.store import BY_REQUEST, BY_VERSION
from events.values import MOST_DOCUMENT_BYTES, MOST_NAME_BYTES, MOST_NESTING
from projections.layout import BY_CREATION, Layout
from projections.row import HEAD_BYTES
from projections.state import ProjectorState
from queries.freshness import Freshness
from tests.docs.test_reference import rows

MIB, KIB = 2**20, 2**10
SETTINGS = Settings()
LIMITS = {
    "JSON of one document": f"{MOST_DOCUMENT_BYTES // MIB} MiB",
    "nesting": f"{MOST_NESTING} levels",
    "name of a field": f"{MOST_NAME_BYTES // KIB} KiB, no NUL, no leading `$`",
    "operations of a JSON Patch": f"{MOST_OPERATIONS:,}",
    "declaration": f"{MAX_BYTES // KIB} KiB",
    "JSON Schema": f"{MAX_SCHEMA_BYTES // KIB} KiB, 64 levels, {MAX_PATTERNS} patterns of the linear-time kind",
    "unique sets": f"{MAX_UNIQUE} of {MAX_FIELDS} fields",
    "indexes": f"{MAX_INDEXES} of {MAX_FIELDS} fields",
    "views": (
        f"{MAX_VIEWS}, each with {MAX_GROUP_FIELDS} group fields, {MAX_MEASURES} measures, "
        f"{MAX_CONDITIONS} conditions, {MAX_ORDERS} orders of {MAX_FIELDS} columns"
    ),
    "violations told of one document": f"{MAX_VIOLATIONS}",
    "head": f"{HEAD_LIMIT // KIB} KiB, within {SETTINGS.head_timeout:g} seconds (`FOLDBASE_HEAD_TIMEOUT`)",
    "body": (
        f"{SETTINGS.max_body // MIB} MiB (`FOLDBASE_MAX_BODY`), "
        f"within {SETTINGS.body_timeout:g} seconds (`FOLDBASE_BODY_TIMEOUT`)"
    ),
    "connections of one worker": f"{CONNECTION_LIMIT:,}",
    "commands of a batch": (
        f"{MOST_COMMANDS:,}; {MOST_BATCH_BYTES // MIB} MiB of BSON where it is all or nothing"
    ),
    "exports that a worker makes at a time": f"{MOST_AT_ONCE}; then 503 `overloaded`",
    "columns of an export": f"{MOST_COLUMNS:,} fields of documents; the others stand in `_rest`",
    "wait for `Fold-After`": f"{MOST_PATIENCE} seconds; {Freshness().patience:g} unless said",
    "token": f"{LONGEST_TOKEN:,} characters, its subject {LONGEST_SUBJECT}",
    "events of one commit": f"{MOST_EVENTS}",
    "one commit": f"{MOST_COMMIT_BYTES // MIB} MiB of BSON",
    "partitions": f"{MOST_PARTITIONS:,}",
    "commits of one partition": f"2^{SEQUENCE_BITS}, about a million million",
    "commits sent in one group": f"{MOST_BATCH:,}, and {MOST_BATCH_BYTES // MIB} MiB",
    "writes that wait in one process, per partition": (
        f"{MOST_WAITING:,}, and {MOST_WAITING_BYTES // MIB} MiB; then 503"
    ),
    "attempts of a write that meets others at its document": f"{MOST_ATTEMPTS}; then 503 `contention`",
}


@pytest.mark.parametrize("name", LIMITS)
def test_limit_is_documented_as_it_is(name: str) -> None:
    told = {row[0]: row[1] for row in rows("limits.md")}
    assert told[name] == LIMITS[name]


def test_reserved_names_are_documented() -> None:
    [told] = [row[1] for row in rows("limits.md") if row[0] == "name"]
    assert told.endswith(", ".join(f"`{name}`" for name in sorted(RESERVED)))


def test_fields_of_a_commit_are_documented_in_their_order() -> None:
    new = NewCommit(
        StreamName("orders/o1"),
        Version(0),
        [Event(CREATED, {})],
        "user:a",
        request=b"r",
        digest=b"d",
        trace="t",
        cause=Position(1),
    )
    told = _named("log-format.md", {"_id", *to_stored(new, datetime.now(UTC), b"n" * 8)})
    assert told == ["_id", *to_stored(new, datetime.now(UTC), b"n" * 8)]


def test_events_and_indexes_of_the_log_are_documented() -> None:
    types = [CREATED, REPLACED, PATCHED, DELETED, RESTORED]
    assert _named("log-format.md", set(types)) == types
    assert set(_named("log-format.md", {BY_VERSION, BY_REQUEST})) == {BY_VERSION, BY_REQUEST}


def test_keys_of_redis_are_documented() -> None:
    layout = Layout("foldbase")
    keys = {
        layout.live.checkpoint(0).removesuffix("0") + "P",
        layout.live.generations,
        layout.live.hold,
        layout.rows("C", 1).removesuffix("1") + "G",
        layout.index("C", 1, BY_CREATION).replace(":1:", ":G:"),
        layout.index("C", 1, "INDEX").replace(":1:", ":G:"),
        layout.surplus("C", 1, "INDEX").replace(":1:", ":G:"),
        layout.shape("C", 1).removesuffix("1") + "G",
        layout.parked("C", 1).removesuffix("1") + "G",
        layout.view("C", 1, "VIEW").replace(":1:", ":G:"),
        layout.view_index("C", 1, "VIEW", "ORDER").replace(":1:", ":G:"),
        layout.view_values("C", 1, "VIEW", "PATH").replace(":1:", ":G:"),
        layout.view_ordered("C", 1, "VIEW", "PATH").replace(":1:", ":G:"),
        layout.build("NAME").base + ":…",
        layout.counter,
        layout.jobs,
        layout.projectors,
        layout.living,
        layout.leases,
        layout.rollbacks,
        layout.appended,
        layout.moved,
        "foldbase:catalog",
        f"foldbase{KEYS}SUBJECT",
    }
    assert {row[0].strip("`") for row in rows("redis-layout.md") if row[0].startswith("`")} == keys


def test_head_of_a_row_is_documented() -> None:
    told = [int(row[0]) for row in rows("redis-layout.md") if row[0].isdecimal()]
    assert sum(told) == HEAD_BYTES


def test_states_of_a_projector_are_documented() -> None:
    told = [row[0].strip("`") for row in rows("glossary.md") if row[0].startswith("`")]
    assert told == [state.value for state in ProjectorState]


def _named(page: str, names: set[str]) -> list[str]:
    """Those of `names` that stand at the beginning of a row, in the order of the page, each once."""
    found = [row[0].strip("`") for row in rows(page)]
    return list(dict.fromkeys(name for name in found if name in names))
