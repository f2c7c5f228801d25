"""The health of a deployment as rows of three: what, which, how."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from app.asking import Answer
from app.cli.counting import counted

Row = tuple[str, str, str]
_AT_WORK = {"CATCHING_UP", "LIVE", "REBUILDING"}
_SILENT = "does not answer"


@dataclass(frozen=True, slots=True)
class Health:
    """What an API at `address` answered to `GET /health/ready` and to `GET /v1/projections`."""

    address: str
    ready: Answer
    report: Answer

    @property
    def good(self) -> bool:
        """The API is ready, and somebody keeps its projections without trouble."""
        return self._is_ready and self._is_told and self._keepers_are_well

    def rows(self) -> Iterator[Row]:
        """What there is to say, most important first."""
        yield "api", self.address, "ready" if self._is_ready else _told(self.ready)
        if not self._is_told:
            yield "projections", "", _told(self.report)
            return
        yield from self._projectors()
        for each in self.report.body["partitions"]:
            yield "partition", str(each["partition"]), _lag(each["lag"])
        for each in self.report.body["projections"]:
            yield "projection", each["collection"], _standing(each)

    @property
    def _is_ready(self) -> bool:
        return self.ready.status == HTTPStatus.OK

    @property
    def _is_told(self) -> bool:
        return self.report.status == HTTPStatus.OK and isinstance(self.report.body, dict)

    @property
    def _keepers_are_well(self) -> bool:
        """Every partition has somebody who works on it, and nobody is stuck."""
        by_partition = zip(*(each["partitions"] for each in self.report.body["projectors"]), strict=False)
        states = [{part["state"] for part in of_all} for of_all in by_partition]
        return bool(states) and all(each & _AT_WORK and "HALTED" not in each for each in states)

    def _projectors(self) -> Iterator[Row]:
        projectors = self.report.body["projectors"]
        if not projectors:
            yield "projector", "", "none runs"
        for each in projectors:
            yield "projector", each["name"], ", ".join(map(_state, each["partitions"]))


def show(health: Health) -> None:
    """Print it: a table on a terminal, else a line a row, its parts separated by tabs."""
    if not sys.stdout.isatty():
        for row in health.rows():
            print("\t".join(row))  # noqa: T201
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("what", "which", "how")
    for row in health.rows():
        table.add_row(*map(Text, row))
    Console().print(table)


def _told(answer: Answer) -> str:
    if answer.status == 0:
        return _SILENT
    body = answer.body if isinstance(answer.body, dict) else {}
    return str(body.get("detail") or body.get("status") or f"answers {answer.status}")


def _state(partition: dict[str, Any]) -> str:
    trouble = partition.get("trouble")
    return f"{partition['state']} ({trouble})" if trouble else str(partition["state"])


def _lag(lag: dict[str, Any] | None) -> str:
    if lag is None:
        return "not projected yet"
    return f"{counted(lag['commits'], 'commit')} behind, {lag['seconds']} s"


def _standing(projection: dict[str, Any]) -> str:
    generation, rebuild = projection["generation"], projection["rebuild"]
    standing = "no generation yet" if generation is None else f"generation {generation}"
    if projection["parked"]:
        standing += f", {projection['parked']} parked (foldbase parked list)"
    if rebuild is None:
        return standing
    how = f"{rebuild['done']:,} of {counted(rebuild['total'], 'commit')}"
    if why := rebuild.get("trouble") or rebuild.get("error"):
        how += f"; {why}"
    return f"{standing}, rebuild {rebuild['state']} ({how})"
