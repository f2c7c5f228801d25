"""Deciding lines: from the bytes of one to the answer, whatever is wrong with it."""

from collections.abc import Callable
from typing import NamedTuple

import structlog

from app.http.json import JsonInvalid, parse
from app.importing.answers import Answers
from app.importing.errors import LineTooLong, RecordInvalid
from app.importing.keys import LineKeys
from app.importing.lines import LONGEST_LINE, Line
from app.importing.storing import Storing
from app.problems import UNEXPECTED, problem_of, told
from commands.errors import DocumentExists, Refused
from events.errors import InvalidValue, VersionConflict
from events.position import Position

_log = structlog.get_logger(__name__)


class Decided(NamedTuple):
    """The answer to a line. fault: what is wrong with more than this line, so that no other should follow."""

    answer: bytes
    fault: Exception | None = None


class Deciding:
    """Decides the lines of one import."""

    def __init__(
        self, storing: Storing, answers: Answers, keys: LineKeys | None, wrote: Callable[[Position], None]
    ) -> None:
        """wrote: hears the position of what was stored."""
        self._storing = storing
        self._answers = answers
        self._keys = keys
        self._wrote = wrote

    async def decide(self, line: Line) -> Decided:
        """What became of the line."""
        try:
            return Decided(await self._store(line))
        except (Refused, InvalidValue, JsonInvalid, RecordInvalid, LineTooLong, VersionConflict) as refusal:
            return Decided(self._answers.refused(line.number, told(refusal)))
        except Exception as fault:  # noqa: BLE001 - it is told in the answer, and ends the import
            if problem_of(fault) is UNEXPECTED:
                _log.error("import failed", line=line.number, exc_info=fault)
            return Decided(self._answers.refused(line.number, told(fault)), fault)

    async def _store(self, line: Line) -> bytes:
        if line.text is None:
            raise LineTooLong(LONGEST_LINE)
        wanted = self._storing.read(parse(line.text))
        key = None if self._keys is None else self._keys.of(line.number, line.text)
        try:
            written = await self._storing.store(wanted, key)
        except DocumentExists:
            if not self._storing.skips:
                raise
            return self._answers.skipped(line.number, wanted.id)
        self._wrote(written.document.position)
        return self._answers.stored(line.number, written)
