"""Durations on a command line."""

from datetime import timedelta

import pytest
import typer

from app.cli.durations import duration


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("1h", timedelta(hours=1)),
        ("7d", timedelta(days=7)),
    ],
)
def test_a_number_with_a_unit_is_a_duration(text: str, meant: timedelta) -> None:
    assert duration(text) == meant


@pytest.mark.parametrize(
    "text", ["", "1", "h", "0s", "-1h", "1.5h", "1 h", "1H", "1w", "1h30m", "9999999d", "١h"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        duration(text)
