"""Durations as people write them on a command line: 90s, 30m, 1h, 7d."""

import re
from datetime import timedelta

import typer

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(text: str) -> timedelta:
    """A whole number with its unit: s, m, h or d. Raises: typer.BadParameter."""
    written = re.fullmatch(r"([1-9][0-9]{0,5})([smhd])", text)
    if written is None:
        raise typer.BadParameter(f"{text!r} is no duration; write a number and s, m, h or d, such as 30m")
    return timedelta(**{_UNITS[written[2]]: int(written[1])})
