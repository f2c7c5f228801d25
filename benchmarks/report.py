"""The report: a table for people, JSON for programs."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.bars import Row


def table(rows: Sequence[Row]) -> Table:
    """Lay the rows out: what, asked, measured, verdict, and the figures of both sides."""
    laid = Table("what", "asked", "measured", "holds", "figures, medians of the rounds")
    for row in rows:
        sign = "≤" if row.bar.at_most else "≥"
        asked = f"{sign} {number(row.bar.limit)} {row.bar.unit}"
        verdict = "[green]yes[/green]" if row.holds else "[bold red]no[/bold red]"
        figures = "\n".join(f"{name} {number(figure)}" for name, figure in row.figures.items())
        laid.add_row(row.what, asked, f"{number(row.measured)} {row.bar.unit}", verdict, figures)
    return laid


def show(rows: Sequence[Row]) -> None:
    """Print the table; as wide as it needs to be where the output is not a terminal."""
    console = Console()
    console = console if console.is_terminal else Console(width=140)
    console.print(table(rows))


def save(rows: Sequence[Row], file: Path, **run: Any) -> None:
    """Write the rows and how they were taken (`run`) to `file` as JSON."""
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        **run,
        **_machine(),
        "rows": [*map(_json, rows)],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2))


def number(figure: float) -> str:
    """Write a figure with as many digits as mean something: 12,345 or 27.1 or 0.83."""
    if abs(figure) >= 100:
        return f"{figure:,.0f}"
    return f"{figure:.1f}" if abs(figure) >= 10 else f"{figure:.2f}"


def _json(row: Row) -> dict[str, Any]:
    return {
        "what": row.what,
        "asked": row.bar.limit,
        "at_most": row.bar.at_most,
        "unit": row.bar.unit,
        "measured": row.measured,
        "holds": row.holds,
        "figures": dict(row.figures),
    }


def _machine() -> dict[str, Any]:
    load = [round(average, 2) for average in os.getloadavg()]
    return {
        "cpus": os.cpu_count(),
        "load": load,
        "system": platform.platform(),
        "python": platform.python_version(),
    }
