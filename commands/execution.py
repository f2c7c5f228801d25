"""Executing a command: read, fold, decide, append; on conflict, again."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar

from commands.claims import NO_CLAIMS, Claims
from commands.condition import ANY, Condition
from commands.decider import Decider
from commands.errors import Refused
from commands.requests import Key, Requests
from commands.states import BEFORE_ALL, Loaded, States
from commands.turns import Turns
from events.commit import Commit, Event, NewCommit, committed
from events.effects import Effect
from events.errors import InvalidValue, RequestRepeated, VersionConflict
from events.log import EventLog
from events.position import NO_STREAM, NOWHERE, StreamName

C = TypeVar("C")
S = TypeVar("S")

FIRST_PAUSE, LONGEST_PAUSE = 0.001, 0.05
MOST_ATTEMPTS = 50
NOT_YET = datetime.min.replace(tzinfo=UTC)


class Order(NamedTuple, Generic[C, S]):
    """One command on its way, and all that goes with it.

    is_new:  nobody else can know the stream, or most likely nobody does: decide first, without reading.
    counts:  whether a state counts; one that does not is as good as none (its collection was dropped since).
    exists:  whether a state is that of a thing that is there, for conditions.
    check:   looks at the state the command would lead to, and raises a Refused.
    claims:  what the change from one state to another takes and releases.
    key:     of the request, which then has one effect and one answer.
    trace:   the W3C traceparent it came with.
    """

    stream: StreamName
    command: C
    decider: Decider[C, S]
    actor: str
    exists: Callable[[S], bool]
    check: Callable[[S], None] | None = None
    claims: Callable[[S, S], Claims] | None = None
    condition: Condition = ANY
    is_new: bool = False
    counts: Callable[[S], bool] | None = None
    key: Key | None = None
    trace: str | None = None


class Executed(NamedTuple, Generic[S]):
    """What came of a command. `before` and `after` are the same when it changed nothing.

    stream: the order's; of a request that is repeated, the one it had its effect on.
    """

    stream: StreamName
    before: Loaded[S]
    after: Loaded[S]

    @property
    def changed(self) -> bool:
        """Whether the command made events."""
        return self.before is not self.after


class Executor:
    """Executes commands of any decider on the log."""

    def __init__(self, log: EventLog, states: States) -> None:
        self._log = log
        self._states = states
        self.turns = Turns()
        self.requests = Requests()

    def execute(self, order: Order[Any, S]) -> Coroutine[Any, Any, Executed[S]]:
        """Decide a command on the newest state and append what it makes.

        A request that is repeated has no second effect, and is answered as it was, whatever happened since.
        Raises: Refused; InvalidValue; VersionConflict after 50 attempts lost to other writers; LogUnavailable.
        """
        return self._execute(order) if order.key is None else self._execute_once(order, order.key)

    async def _execute_once(self, order: Order[Any, S], key: Key) -> Executed[S]:
        with self.requests.under_way(key):
            try:
                return await self._execute(order)
            except (Refused, InvalidValue, VersionConflict, RequestRepeated):
                effect = await self._log.effects.find(key.request)
                if effect is None:
                    raise
            key.check(effect.digest)
            return await self.repeated(order, effect)

    async def repeated(self, order: Order[Any, S], effect: Effect) -> Executed[S]:
        """What came of a request when it had its effect. Raises LogUnavailable, HistoryUnreadable."""
        found, commit = await self._states.before(effect, order.decider)
        before = counted(order, found)
        if commit is None:
            return Executed(effect.stream, before, before)
        after = await self._states.after(commit, order.decider, before.state)
        return Executed(effect.stream, before, after)

    async def _execute(self, order: Order[Any, S]) -> Executed[S]:
        async with self.turns.take(order.stream):
            pause = FIRST_PAUSE
            guess = self.guess(order)
            for attempt in range(MOST_ATTEMPTS):
                loaded = guess or await self._states.read(order.stream, order.decider)
                try:
                    executed = await self._attempt(order, counted(order, loaded))
                    if not executed.changed and not guess:
                        await self._keep_request(order, loaded)
                    if executed.changed or not guess:
                        return executed
                except (Refused, InvalidValue):
                    if not guess:
                        raise
                except VersionConflict:
                    if attempt + 1 == MOST_ATTEMPTS:
                        raise
                    if not guess:
                        await asyncio.sleep(pause)
                        pause = min(pause * 2, LONGEST_PAUSE)
                guess = None
        raise AssertionError("unreachable")

    async def read(self, order: Order[Any, S]) -> Loaded[S]:
        """The state of an order's stream as the log has it now. Raises LogUnavailable, HistoryUnreadable."""
        return await self._states.read(order.stream, order.decider)

    def keep(self, order: Order[Any, S], before: Loaded[S], after: Loaded[S]) -> None:
        """Remember what an append led to."""
        self._states.keep(order.stream, order.decider, before.version, after)

    async def look(self, stream: StreamName, decider: Decider[Any, S]) -> S:
        """The state of a stream as the log has it now. Raises LogUnavailable."""
        return (await self._states.read(stream, decider)).state

    def guess(self, order: Order[Any, S]) -> Loaded[S] | None:
        """The state as far as this process knows. An append on it is safe; a refusal on it would not be."""
        if order.is_new:
            return Loaded(NO_STREAM, BEFORE_ALL, order.decider.initial)
        return self._states.cached(order.stream)

    async def _attempt(self, order: Order[Any, S], loaded: Loaded[S]) -> Executed[S]:
        order.condition.check(loaded.version, order.exists(loaded.state))
        events = order.decider.decide(order.command, loaded.state)
        if not events:
            return Executed(order.stream, loaded, loaded)
        commit = await self._log.append(new_commit(order, loaded, events))
        after = Loaded(commit.last_version, commit.position, order.decider.evolve(loaded.state, commit))
        self.keep(order, loaded, after)
        return Executed(order.stream, loaded, after)

    async def _keep_request(self, order: Order[Any, S], loaded: Loaded[S]) -> None:
        """A request that changes nothing is kept, too."""
        if order.key is not None:
            await self._log.append(empty_commit(order, loaded))


def counted(order: Order[Any, S], loaded: Loaded[S]) -> Loaded[S]:
    """The state that an order is decided on: what does not count is as if it had never been."""
    if order.counts is None or order.counts(loaded.state):
        return loaded
    return Loaded(loaded.version, loaded.position, order.decider.initial)


def new_commit(order: Order[Any, S], loaded: Loaded[S], events: list[Event]) -> NewCommit:
    """The commit to append, after a look at the state that it would lead to, if any is due. Raises Refused."""
    request, digest = order.key or (None, None)
    new = NewCommit(order.stream, loaded.version, events, order.actor, request, digest, order.trace)
    if order.check is None and order.claims is None:
        return new
    after = order.decider.evolve(loaded.state, _foreseen(new))
    if order.check is not None:
        order.check(after)
    taken, released = NO_CLAIMS if order.claims is None else order.claims(loaded.state, after)
    return new._replace(taken=taken, released=released) if taken or released else new


def empty_commit(order: Order[Any, S], loaded: Loaded[S]) -> NewCommit:
    """What keeps the key of an order that changes nothing, with the commit that fulfilled it before it came."""
    request, digest = order.key or (None, None)
    cause = (
        loaded.position or None
    )  # of a batch's own commit, which comes right before it, the place is not known
    return NewCommit(order.stream, loaded.version, [], order.actor, request, digest, order.trace, cause)


def foreseen(order: Order[Any, S], loaded: Loaded[S], new: NewCommit) -> Loaded[S]:
    """Where a commit leads, as far as rules may look at it: neither its place nor its time is known yet."""
    commit = _foreseen(new)
    return Loaded(commit.last_version, commit.position, order.decider.evolve(loaded.state, commit))


def _foreseen(new: NewCommit) -> Commit:
    return committed(new, NOWHERE, NOT_YET)
