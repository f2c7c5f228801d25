"""The scenarios: each takes the figures for one or two rows of the report, both sides in turns."""

from collections.abc import Awaitable, Callable, Mapping

from benchmarks.bars import Row
from benchmarks.scenarios import create, importing, lag, memory, read, rebuild
from benchmarks.stage import Stage

Scenario = Callable[[Stage], Awaitable[list[Row]]]

SCENARIOS: Mapping[str, Scenario] = {
    "create": create.rows,
    "lag": lag.rows,
    "import": importing.rows,
    "memory": memory.rows,
    "rebuild": rebuild.rows,
    "read": read.rows,
}
