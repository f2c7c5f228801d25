"""What schemathesis is to know of foldbase that OpenAPI can not say."""

import re
from typing import Any

import schemathesis

_POSITIONS = re.compile(r"[\d\s,]+")
_LINES = ("application/x-ndjson", "application/jsonl")


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Nobody waits for a position of the future: one that is not reached is answered 503, as it should be."""
    if _POSITIONS.fullmatch(str(case.headers.get("Fold-After", ""))):
        case.headers["Fold-After"] = "0"


def _lines(context: Any, value: Any) -> Any:
    return value if isinstance(value, bytes) else str(value).encode()


for media in _LINES:
    schemathesis.serializer(media)(_lines)
