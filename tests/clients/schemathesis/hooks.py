"""What schemathesis is to know of foldbase that OpenAPI can not say."""

import gc
import re
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis.configuration import set_hypothesis_home_dir

_POSITIONS = re.compile(r"[\d\s,]+")
_LINES = ("application/x-ndjson", "application/jsonl")

ROOT = Path(__file__).parents[3]
OBJECTS = 100_000

set_hypothesis_home_dir(ROOT / ".hypothesis")  # what took it seconds to find out about Unicode is kept there
gc.freeze()
gc.set_threshold(OBJECTS)  # a process of some seconds has little use for looking for cycles


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Nobody waits for a position of the future: one that is not reached is answered 503, as it should be."""
    if _POSITIONS.fullmatch(str(case.headers.get("Fold-After", ""))):
        case.headers["Fold-After"] = "0"


def _lines(context: Any, value: Any) -> Any:
    return value if isinstance(value, bytes) else str(value).encode()


for media in _LINES:
    schemathesis.serializer(media)(_lines)
