"""The parts declarations are made of: names, paths, values, each with its check, for pydantic."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from catalog.errors import shown
from catalog.names import label_problem, nearest, path_problem, view_problem

BucketName = Literal["hour", "day", "week", "month", "quarter", "year"]
MAX_TEXT = 1024
MAX_FIELDS = 8


class Strict(BaseModel):
    """A part of a declaration: nothing is converted, nothing unknown is let through, nothing changes."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def refusal(reason: str) -> PydanticCustomError:
    """The error a check raises: `reason` reaches the user as it stands."""
    return PydanticCustomError("refused", "{reason}", {"reason": reason})


def _accepting(problem: Callable[[str], str | None]) -> AfterValidator:
    def check(text: str) -> str:
        if reason := problem(text):
            raise refusal(reason)
        return text

    return AfterValidator(check)


def _index_path_problem(path: str) -> str | None:
    return path_problem(path.removeprefix("-"))


def _unique_path_problem(path: str) -> str | None:
    if path == "id" or path.startswith("_meta."):
        return f"{shown(path)} cannot be in a unique set: it is the server's own"
    return path_problem(path)


def _zone_problem(name: str) -> str | None:
    if not _is_zone(name):
        return f"{shown(name)} is no IANA time zone; {nearest_zone(name)}"
    return None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - {"localtime"})


def _is_zone(name: str) -> bool:
    if name not in _zones():
        return False
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True


def nearest_zone(name: str) -> str:
    """A clause with the zone that `name` nearly is, else with an example."""
    hint = nearest(name, _zones())
    return hint if hint.startswith("did you") else "an example is Europe/Berlin"


def _scalar(value: Any) -> Any:
    if isinstance(value, dict | list):
        raise refusal("must be a string, a number, true, false or null")
    if isinstance(value, str) and len(value.encode()) > MAX_TEXT:
        raise refusal(f"a text to compare with is at most {MAX_TEXT} bytes")
    return value


Path = Annotated[str, _accepting(path_problem)]
IndexPath = Annotated[str, _accepting(_index_path_problem)]
UniquePath = Annotated[str, _accepting(_unique_path_problem)]
ViewName = Annotated[str, _accepting(view_problem)]
Label = Annotated[str, _accepting(label_problem)]
Zone = Annotated[str, _accepting(_zone_problem)]
Scalar = Annotated[Any, AfterValidator(_scalar)]


def _each_once(paths: Iterable[str]) -> Iterable[str]:
    seen: set[str] = set()
    for path in paths:
        field = path.removeprefix("-")
        if field in seen:
            raise refusal(f"{shown(field)} stands in it twice")
        seen.add(field)
    return paths


EachOnce = AfterValidator(_each_once)
"""No field stands twice among several, in whatever direction."""
