"""Deciding lines: from the bytes of one to the answer, whatever is wrong with it."""

from collections.abc import Callable
from typing import NamedTuple

import structlog

from app.http.json import JsonInvalid, parse
from app.importing.answers import Answers, Stored, stored_before, stored_now
from app.importing.errors import LineTooLong, RecordInvalid
from app.importing.keys import LineKeys
from app.importing.lines import LONGEST_LINE, Line
from app.importing.repeating import Before
from app.importing.storing import Storing
from app.problems import UNEXPECTED, problem_of, told
from commands.errors import DocumentExists, Refused
from commands.requests import Key
from events.effects import Effects
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
        self,
        storing: Storing,
        answers: Answers,
        wrote: Callable[[Position], None],
        keys: LineKeys | None,
        effects: Effects,
    ) -> None:
        """wrote: hears the position of what was stored."""
        self._storing = storing
        self._answers = answers
        self._wrote = wrote
        self._keys = keys
        self._before = None if keys is None else Before(effects, keys)

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
        if key is not None and (stored := await self._stored_before(line, key)) is not None:
            return self._answers.stored(line.number, stored)
        try:
            written = await self._storing.store(wanted, key)
        except DocumentExists:
            if not self._storing.skips:
                raise
            return self._answers.skipped(line.number, wanted.id)
        self._wrote(written.document.position)
        return self._answers.stored(line.number, stored_now(written))

    async def _stored_before(self, line: Line, key: Key) -> Stored | None:
        """What the line led to when it was sent before: this spares what a command would ask the log for.

        What changed nothing is left to the command. Raises RequestDiffers, LogUnavailable.
        """
        effect = None if self._before is None else await self._before.find(line.number, key.request)
        if effect is None or effect.first is None:
            return None
        key.check(effect.digest)
        return stored_before(effect)
