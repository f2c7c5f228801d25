"""States: where a command finds the state it decides on. Cache first, else snapshot, else the whole stream."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Generic, NamedTuple, TypeVar

from pymongo.errors import PyMongoError

from commands.cache import StateCache
from commands.decider import Decider
from commands.errors import HistoryUnreadable
from commands.snapshots import Snapshots
from events.commit import Commit
from events.effects import Effect
from events.errors import LogUnavailable
from events.log import EventLog
from events.position import NO_STREAM, Position, StreamName, Version
from events.soundness import check_commit

S = TypeVar("S")
BEFORE_ALL = Position(-1)


class Loaded(NamedTuple, Generic[S]):
    """A state, the version of the stream and the position of its last commit (-1 where there is none)."""

    version: Version
    position: Position
    state: S


class States:
    """State of streams, found as cheaply as may be. A stale one is harmless: the log refuses its append."""

    def __init__(self, log: EventLog, snapshots: Snapshots, most: int) -> None:
        """most: streams kept in memory, as far as their weight allows; 0: each is met once, keep none."""
        self._keeps_any = most > 0
        self._log = log
        self._snapshots = snapshots
        self._cached: StateCache[Loaded[Any]] = StateCache(most)

    def cached(self, stream: StreamName) -> Loaded[Any] | None:
        """The state this process remembers; another process may have led on from it since."""
        return self._cached.get(stream)

    async def read(self, stream: StreamName, decider: Decider[Any, S]) -> Loaded[S]:
        """The state as the log has it now, from the newest snapshot on.

        Raises: LogUnavailable; HistoryUnreadable: the log holds what this version can not apply.
        """
        version, position, state = NO_STREAM, BEFORE_ALL, decider.initial
        try:
            snapshot = await self._snapshots.find(stream, decider.form)
        except PyMongoError as error:
            raise LogUnavailable(str(error)) from error
        if snapshot is not None:
            version, position = snapshot["version"], snapshot["position"]
            state = decider.thaw(snapshot["state"])
        commits = await self._log.read(stream, after=version)
        if commits:
            version, position = commits[-1].last_version, commits[-1].position
        loaded = Loaded(version, position, await self._fold(stream, decider, commits, state))
        self._remember(stream, decider, loaded)
        return loaded

    async def before(self, effect: Effect, decider: Decider[Any, S]) -> tuple[Loaded[S], Commit | None]:
        """The state that a request of the past was decided on, and the commit it led to.

        No commit where that has no events: then the state is the one that fulfilled the request.
        Raises: LogUnavailable; HistoryUnreadable.
        """
        stream = effect.stream
        history = await self._log.read(stream)
        last = (effect.cause if effect.first is None else None) or effect.position - 1
        commits = [each for each in history if each.position <= last]
        led_to = next((each for each in history if each.position == effect.position), None)
        state = await self._fold(stream, decider, commits, decider.initial)
        if not commits:
            return Loaded(NO_STREAM, BEFORE_ALL, state), led_to
        return Loaded(commits[-1].last_version, commits[-1].position, state), led_to

    async def after(self, commit: Commit, decider: Decider[Any, S], before: S) -> Loaded[S]:
        """The state that a commit of the past led to from `before`. Raises as `before`."""
        state = await self._fold(commit.stream, decider, [commit], before)
        return Loaded(commit.last_version, commit.position, state)

    async def _fold(
        self, stream: StreamName, decider: Decider[Any, S], commits: Sequence[Commit], state: S
    ) -> S:
        """The state after commits; those that an operator had left out change nothing."""
        skips = self._log.skips
        with suppress(Exception):
            return _folded(decider, skips.left(commits), state)
        await skips.refresh()
        try:
            return _folded(decider, skips.left(commits), state)
        except Exception as error:
            raise HistoryUnreadable(str(stream)) from error

    def keep(self, stream: StreamName, decider: Decider[Any, S], before: Version, loaded: Loaded[S]) -> None:
        """Remember the state after an append that led on from version `before`."""
        self._remember(stream, decider, loaded)
        if self._snapshots.due(before, loaded.version):
            self._snapshots.keep(
                stream,
                {
                    "form": decider.form,
                    "version": loaded.version,
                    "position": loaded.position,
                    "state": decider.freeze(loaded.state),
                },
            )

    def _remember(self, stream: StreamName, decider: Decider[Any, S], loaded: Loaded[S]) -> None:
        if self._keeps_any:
            self._cached.put(stream, loaded, decider.weigh(loaded.state))


def _folded(decider: Decider[Any, S], commits: Sequence[Commit], state: S) -> S:
    """Raises whatever a commit that makes no sense, or does not say JSON, leads to."""
    for commit in commits:
        check_commit(commit)
    return decider.fold(commits, state)
