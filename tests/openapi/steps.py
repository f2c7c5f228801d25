"""Steps of a walk through the interface: a request, and the answer it must bring about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Step:
    """A request, and how it must be answered: with a status, or with a problem."""

    operation: str
    method: str
    path: str
    answer: int | str
    json: Any = None
    text: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    by: Literal["admin", "user", "nobody"] = "admin"

    def __str__(self) -> str:
        return f"{self.operation} → {self.answer}"


def strangers(name: str, method: str, path: str) -> list[Step]:
    """A request without a token, and with one that is none."""
    return [
        Step(name, method, path, "token-missing", by="nobody"),
        Step(name, method, path, "token-invalid", by="nobody", headers={"Authorization": "Bearer x"}),
    ]


def plain() -> dict[str, str]:
    """Headers of a body that is no JSON."""
    return {"Content-Type": "text/plain"}


def coded() -> dict[str, str]:
    """Headers of a body that is compressed."""
    return {"Content-Encoding": "gzip"}
