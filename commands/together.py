"""Executing commands together: all of them take effect, or none does.

in turn at every stream -> decide one after the other, each on what those before it lead to
                        -> append all commits at once; on conflict, decide again
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from typing import Any, NamedTuple, cast

from commands.errors import CommandRefused, Refused
from commands.execution import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    Executed,
    Executor,
    Order,
    counted,
    empty_commit,
    foreseen,
    new_commit,
)
from commands.states import Loaded
from events.commit import Commit, NewCommit
from events.effects import Effect
from events.errors import InvalidValue, RequestRepeated, TogetherRefused, VersionConflict
from events.log import EventLog
from events.position import StreamName

Orders = Sequence[Order[Any, Any]]
States = dict[StreamName, Loaded[Any] | None]


class Plan(NamedTuple):
    """What orders make of the states they were decided on.

    befores: for each order, the state it was decided on; as foreseen where an earlier order leads there.
    news:    the commits to append.
    makers:  for each commit, the place of its order.
    """

    befores: list[Loaded[Any]]
    news: list[NewCommit]
    makers: list[int]


class Together:
    """Executes orders that stand or fall together."""

    def __init__(self, log: EventLog, executor: Executor) -> None:
        self._log = log
        self._executor = executor

    async def execute(self, orders: Orders) -> list[Executed[Any]]:
        """Decide the orders in their order and append what they make, all or nothing.

        A batch that is repeated (its orders carry the keys it had) is answered as it was.
        Raises: CommandRefused with the first order that was refused: nothing was written; InvalidValue;
                VersionConflict after 50 attempts lost to other writers; LogUnavailable.
        """
        async with AsyncExitStack() as stack:
            for stream in sorted({order.stream for order in orders}):
                await stack.enter_async_context(self._executor.turns.take(stream))
            try:
                return await self._execute(orders)
            except (CommandRefused, VersionConflict, RequestRepeated):
                effects = await self._effects(orders)
                if effects is None:
                    raise
                return [
                    await self._executor.repeated(order, effect)
                    for order, effect in zip(orders, effects, strict=True)
                ]

    async def foresee(self, orders: Orders) -> None:
        """Decide the orders, and append nothing. Raises CommandRefused, LogUnavailable."""
        await self._plan(orders, guessing=False)

    async def _execute(self, orders: Orders) -> list[Executed[Any]]:
        pause = FIRST_PAUSE
        for attempt in range(MOST_ATTEMPTS):
            plan = await self._plan(orders, guessing=not attempt)
            try:
                commits = await self._log.append_together(plan.news) if plan.news else []
            except TogetherRefused as refused:
                if isinstance(refused.error, RequestRepeated):
                    raise refused.error from None
                if not isinstance(refused.error, VersionConflict):
                    raise CommandRefused(plan.makers[refused.index], refused.error) from None
                if attempt + 1 == MOST_ATTEMPTS:
                    raise refused.error from None
            else:
                return self._executed(orders, plan, commits)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        raise AssertionError("unreachable")

    async def _plan(self, orders: Orders, *, guessing: bool) -> Plan:
        """Decide every order, on what this process remembers where it may guess. Raises CommandRefused.

        What is appended on a guess is safe; a refusal, or that there is nothing to do, is looked up.
        """
        guesses = {order.stream: self._executor.guess(order) for order in reversed(orders)} if guessing else {}
        if any(guesses.values()):
            with suppress(CommandRefused):
                plan = _decide(orders, await self._states(orders, guesses))
                if len(plan.news) == len(orders):
                    return plan
        return _decide(orders, await self._states(orders, {}))

    async def _states(self, orders: Orders, guesses: States) -> States:
        """The states of all streams: guessed, or as the log has them now."""
        unknown = {order.stream: order for order in orders if guesses.get(order.stream) is None}
        read = await asyncio.gather(*map(self._executor.read, unknown.values()))
        return {**guesses, **dict(zip(unknown, read, strict=True))}

    def _executed(self, orders: Orders, plan: Plan, commits: Sequence[Commit]) -> list[Executed[Any]]:
        """What came of each order, now that the commits have their places."""
        made = dict(zip(plan.makers, commits, strict=True))
        now: dict[StreamName, Loaded[Any]] = {}
        done = []
        for place, (order, planned) in enumerate(zip(orders, plan.befores, strict=True)):
            before = counted(order, now.get(order.stream, planned))
            commit = made.get(place)
            after = before
            if commit is not None and commit.events:
                state = order.decider.evolve(before.state, commit)
                after = Loaded(commit.last_version, commit.position, state)
                self._executor.keep(order, before, after)
            now[order.stream] = after
            done.append(Executed(order.stream, before, after))
        return done

    async def _effects(self, orders: Orders) -> list[Effect] | None:
        """What the orders led to when they were sent before; None where they were not."""
        keys = [order.key for order in orders if order.key is not None]
        if len(keys) < len(orders):
            return None
        found = await self._log.effects.of(key.request for key in keys)
        for key in keys:
            if key.request in found:
                key.check(found[key.request].digest)
        return [found[key.request] for key in keys] if len(found) == len(keys) else None


def _decide(orders: Orders, now: States) -> Plan:
    """Decide every order on what those before it lead to; `now` is what it begins with, and is used up."""
    plan = Plan([], [], [])
    for place, order in enumerate(orders):
        loaded = counted(order, cast(Loaded[Any], now[order.stream]))
        try:
            order.condition.check(loaded.version, order.exists(loaded.state))
            events = order.decider.decide(order.command, loaded.state)
            new = new_commit(order, loaded, events) if events else None
        except (Refused, InvalidValue) as error:
            raise CommandRefused(place, error) from error
        plan.befores.append(loaded)
        if new is not None:
            now[order.stream] = foreseen(order, loaded, new)
        elif order.key is not None:
            new = empty_commit(order, loaded)
        if new is not None:
            plan.news.append(new)
            plan.makers.append(place)
    return plan
