"""Writing documents of a collection: its schema, unique fields and limits around the generic decider."""

from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import Any, NamedTuple

from catalog.declared import Declared
from commands.claims import Claims, claims_between, claims_of, fields_of
from commands.condition import ANY, Condition
from commands.documents import Command, Create, document
from commands.errors import CommandRefused, SchemaViolated, UniqueTaken
from commands.execution import Executed, Executor, Order
from commands.ids import new_id
from commands.requests import Key
from commands.together import Together
from events.commit import JsonObject, NewCommit
from events.document import Absent, Document, Present, response_body
from events.errors import ClaimTaken, RequestRepeated
from events.log import EventLog
from events.position import StreamName, id_of, partition_for, stream_name

MOST_GHOSTS = 32


class Written(NamedTuple):
    """What came of a write. `document` is what is there now; `created`: there was none before."""

    id: str
    document: Document
    changed: bool
    created: bool

    @property
    def body(self) -> bytes:
        """The document's final bytes, as a read will give them; empty where there is none."""
        return response_body(self.id, self.document) if isinstance(self.document, Present) else b""

    @property
    def head(self) -> bytes:
        """Of these bytes `id` and `_meta` alone."""
        document = self.document
        return response_body(self.id, document._replace(body={})) if isinstance(document, Present) else b""


class Write(NamedTuple):
    """One command on one document, and what its collection demands of it."""

    declared: Declared
    id: str
    command: Command
    condition: Condition = ANY
    is_new: bool = False

    def check(self, state: Document) -> None:
        """Raises SchemaViolated."""
        schema = self.declared.schema
        if schema is not None and isinstance(state, Present):
            violations = schema.check({"id": self.id, **state.body} if schema.speaks_of_id else state.body)
            if violations:
                raise SchemaViolated(violations)

    def claims(self, before: Document, after: Document) -> Claims:
        """What the change takes and releases."""
        return claims_between(self.declared.name, self.declared.unique, _body(before), _body(after))

    def taken(self, error: ClaimTaken) -> UniqueTaken:
        """The refusal for a claim that another document holds."""
        return UniqueTaken(fields_of(error.claim, self.declared.name, self.declared.unique))


class DocumentCommands:
    """Executes commands on documents of declared collections."""

    def __init__(self, log: EventLog, executor: Executor) -> None:
        self._log = log
        self._executor = executor
        self._together = Together(log, executor)

    def create(
        self,
        declared: Declared,
        body: JsonObject,
        *,
        id: str | None,
        actor: str,
        key: Key | None = None,
        trace: str | None = None,
    ) -> Coroutine[Any, Any, Written]:
        """Create a document; without an id it gets a UUIDv7. Raises DocumentExists, and as `write`."""
        write = Write(declared, id or new_id(), Create(body), ANY, True)
        return self.execute(write, actor=actor, key=key, trace=trace)

    def write(
        self,
        declared: Declared,
        id: str,
        command: Command,
        *,
        actor: str,
        condition: Condition = ANY,
        is_new: bool = False,
        key: Key | None = None,
        trace: str | None = None,
    ) -> Coroutine[Any, Any, Written]:
        """Execute one command on one document.

        is_new: most likely there is no such document: spares a look, and changes nothing else.
        key:    of the request; sent again, it is answered with what came of it then, of the id it had then.
        Raises: Refused; InvalidValue; VersionConflict under lasting contention; LogUnavailable.
        """
        write = Write(declared, id, command, condition, is_new)
        return self.execute(write, actor=actor, key=key, trace=trace)

    async def execute(
        self, write: Write, *, actor: str, key: Key | None = None, trace: str | None = None
    ) -> Written:
        """See `write`."""
        order = self._order(write, actor, key, trace)
        for _ in range(MOST_GHOSTS):
            try:
                return _written(await self._executor.execute(order))
            except ClaimTaken as taken:
                refusal = write.taken(taken)
                if not await self._is_free_now(write.declared, taken.claim):
                    break
        raise refusal

    async def write_together(
        self, writes: Sequence[Write], *, actor: str, key: Key | None = None, trace: str | None = None
    ) -> list[Written]:
        """Execute several commands, one after the other: all of them take effect, or none does.

        key:    of the request they came with: the first command's, since it stands or falls with the others.
        Raises: CommandRefused with the first that was refused; VersionConflict under lasting contention;
                InvalidValue where they are too many or too large; LogUnavailable.
        """
        keys = [key.part(place) if place and key is not None else key for place in range(len(writes))]
        orders = [self._order(write, actor, own, trace) for write, own in zip(writes, keys, strict=True)]
        freed: set[str] = set()
        while True:
            try:
                return [_written(executed) for executed in await self._together.execute(orders)]
            except CommandRefused as refused:
                if not isinstance(refused.error, ClaimTaken):
                    raise
                write, claim = writes[refused.index], refused.error.claim
                if claim in freed or not await self._is_free_now(write.declared, claim):
                    raise CommandRefused(refused.index, write.taken(refused.error)) from None
                freed.add(claim)

    async def foresee(self, writes: Sequence[Write], *, actor: str) -> None:
        """Decide several commands as `write_together` would, and write nothing. Raises CommandRefused."""
        await self._together.foresee([self._order(write, actor, None, None) for write in writes])

    @contextmanager
    def under_way(self, key: Key | None) -> Iterator[None]:
        """Hold the key of a request of several commands. Raises RequestUnderWay, RequestDiffers."""
        with nullcontext() if key is None else self._executor.requests.under_way(key):
            yield

    async def is_marked(self, key: Key, commands: int) -> bool:
        """Whether the key of several commands, each with its part of it, was marked. Raises RequestDiffers."""
        parts = [key.part(place).request for place in range(commands)]
        found = await self._log.effects.of([key.request, *parts])
        for effect in found.values():
            key.check(effect.digest)
        return key.request in found

    async def mark(self, key: Key, collection: str, written: Written, *, actor: str) -> None:
        """Leave the key of several commands in the log, now that this one of them has had its effect.

        Raises: LogUnavailable.
        """
        stream, document = stream_name(collection, written.id), written.document
        request, digest = key
        mark = NewCommit(stream, document.version, [], actor, request, digest, cause=document.position)
        with suppress(RequestRepeated):
            await self._log.append(mark)

    def _order(self, write: Write, actor: str, key: Key | None, trace: str | None) -> Order[Command, Document]:
        stream = stream_name(write.declared.name, write.id)
        return Order(
            stream,
            write.command,
            document,
            actor,
            exists=_exists,
            check=None if write.declared.schema is None else write.check,
            claims=write.claims if write.declared.unique else None,
            condition=write.condition,
            is_new=write.is_new,
            counts=self._counts(write.declared, stream),
            key=key,
            trace=trace,
        )

    async def _is_free_now(self, declared: Declared, claim: str) -> bool:
        """Whether a claim that was in the way is free, or was held by a document that has the value no more.

        A process that had not heard of a drop, or of another declaration, may have left such a ghost.
        """
        holding = await self._log.holding(claim)
        if holding is None:
            return True
        holder = await self._executor.look(holding.stream, document)
        counts = self._counts(declared, holding.stream)
        if isinstance(holder, Present) and (counts is None or counts(holder)):
            fields = fields_of(claim, declared.name, declared.unique)
            if claim in claims_of(declared.name, (fields,), holder.body):
                return False
        await self._log.release(holding)
        return True

    def _counts(self, declared: Declared, stream: StreamName) -> Callable[[Document], bool] | None:
        """Whether a document began since the collection was dropped: what became of older ones is past, too.

        A process that had not heard of the drop may have gone on with one; projections fold it the same way.
        """
        floor = declared.floors.get(partition_for(stream, self._log.partitions)) if declared.floors else None
        if floor is None:
            return None
        return lambda state: isinstance(state, Absent) or state.birth.position > floor


def _exists(state: Document) -> bool:
    return isinstance(state, Present)


def _body(state: Document) -> JsonObject | None:
    return state.body if isinstance(state, Present) else None


def _written(executed: Executed[Document]) -> Written:
    before, after = executed.before.state, executed.after.state
    created = isinstance(after, Present) and not isinstance(before, Present)
    return Written(id_of(executed.stream), after, executed.changed, created)
