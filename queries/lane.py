"""A lane to Redis: calls of one script go out at once, one behind another, and are answered in their order."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from hashlib import sha1
from math import inf
from typing import Any, NamedTuple

from redis.exceptions import ConnectionError, NoScriptError, RedisError, TimeoutError

Taken = Callable[[Any], None]
"""Takes the answer to a call, or the RedisError or OSError that is there instead of one. Raises nothing."""


class Lane:
    """Calls a script without waiting for a task's turn: Redis works on one call while the next is made.

    It holds one connection of the client's pool, from the first call on. When that breaks, every call without
    an answer fails, and the next call takes another. A call that has no answer after the socket_timeout of the
    client breaks it. Closing the client ends it.
    """

    def __init__(self, redis: Any, script: str) -> None:
        self._redis = redis
        self._script = script
        self._sha = sha1(script.encode(), usedforsecurity=False).hexdigest()
        self._line: _Line | None = None
        self._telling: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def call(self, arguments: Sequence[Any], taken: Taken) -> None:
        """Call the script; `taken` is called once, later, in the event loop."""
        if self._line is None or self._line.has_ended:
            self._line = _Line()
            self._start(self._line.live(self._redis.connection_pool))
        command = ("EVALSHA", self._sha, 0, *arguments)

        def answered(answer: Any) -> None:
            if isinstance(answer, NoScriptError):
                self._start(self._call_anew(arguments, taken))
            else:
                taken(answer)

        self._line.send(command, answered)

    async def _call_anew(self, arguments: Sequence[Any], taken: Taken) -> None:
        """Call it when Redis has been told the script: it may forget them."""
        if self._telling is None:
            self._telling = self._start(self._tell())
        try:
            await asyncio.shield(self._telling)
        except (RedisError, OSError) as error:
            taken(error)
        else:
            self.call(arguments, taken)

    async def _tell(self) -> None:
        try:
            await self._redis.script_load(self._script)
        finally:
            self._telling = None

    def _start(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


class _Waiting(NamedTuple):
    command: Sequence[Any]
    answered: Taken
    since: float


class _Line:
    """One connection, and the commands that are on it."""

    def __init__(self) -> None:
        self.has_ended = False
        self._connection: Any = None
        self._waiting: deque[_Waiting] = deque()
        self._is_watched = False
        self._is_late = False

    def send(self, command: Sequence[Any], answered: Taken) -> None:
        """Send a command at once; where the connection is being made, as soon as that is done."""
        self._waiting.append(_Waiting(command, answered, asyncio.get_running_loop().time()))
        if self._connection is not None:
            self._write(command)

    async def live(self, pool: Any) -> None:
        """Connect, send what waits, and hand out answers until the connection breaks."""
        why: Exception = ConnectionError("the connection was given up")
        connection = None
        try:
            connection = await pool.get_connection()
            connection._writer.transport.set_write_buffer_limits(high=0)  # uvloop sends then without waiting
            self._connection = connection
            for waiting in self._waiting:
                self._write(waiting.command)
            while True:
                answer = await _answer_on(connection)
                self._waiting.popleft().answered(answer)
        except (RedisError, OSError) as error:
            why = TimeoutError("no answer in time") if self._is_late else error
        finally:
            self.has_ended, self._connection = True, None
            for waiting in self._waiting:
                waiting.answered(why)
            if connection is not None:
                with suppress(RedisError, OSError):
                    await connection.disconnect(nowait=True)
                await pool.release(connection)

    def _write(self, command: Sequence[Any]) -> None:
        connection = self._connection
        if connection._writer is not None:  # redis-py's send_command would have to be awaited
            connection._writer.writelines(connection.pack_command(*command))
        if not self._is_watched and connection.socket_timeout is not None:
            self._watch(connection.socket_timeout)

    def _watch(self, limit: float) -> None:
        """Look, `limit` seconds after the oldest command that waits, whether it is answered."""
        self._is_watched = True
        asyncio.get_running_loop().call_at(self._waiting[0].since + limit, self._look, limit)

    def _look(self, limit: float) -> None:
        self._is_watched = False
        if self._connection is None or not self._waiting:
            return
        if asyncio.get_running_loop().time() < self._waiting[0].since + limit:
            self._watch(limit)
        elif self._connection._writer is not None:
            self._is_late = True
            self._connection._writer.transport.abort()


async def _answer_on(connection: Any) -> Any:
    """The next answer, be it an error of the command. Raises RedisError, OSError where there will be none."""
    try:
        return await connection.read_response(timeout=inf)
    except (ConnectionError, TimeoutError):
        raise
    except RedisError as error:
        return error
