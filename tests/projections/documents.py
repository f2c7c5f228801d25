"""Documents for tests that need no log: a body, and the rest made up."""

from datetime import UTC, datetime
from typing import Any

from events.document import Birth, Present
from events.position import Position, Version

BORN = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)


def present(body: dict[str, Any], version: int = 1) -> Present:
    """A document as its projector knows it."""
    birth = Birth(BORN, Position(7))
    return Present(body, Version(version), Position(6 + version), birth, BORN, "user:ada")
