"""The scenarios: each takes the figures for one or two rows of the report, both sides in turns."""

from collections.abc import Awaitable, Callable, Mapping

from benchmarks.bars import Row
from benchmarks.scenarios import (
    applying,
    batch,
    counts,
    create,
    groups,
    importing,
    lag,
    memory,
    pages,
    read,
    rebuild,
    workers,
)
from benchmarks.stage import Stage

Scenario = Callable[[Stage], Awaitable[list[Row]]]

SCENARIOS: Mapping[str, Scenario] = {
    "create": create.rows,
    "batch": batch.rows,
    "lag": lag.rows,
    "import": importing.rows,
    "memory": memory.rows,
    "rebuild": rebuild.rows,
    "workers": workers.rows,
    "read": read.rows,
    "pages": pages.rows,
    "counts": counts.rows,
    "groups": groups.rows,
    "applying": applying.rows,
}
