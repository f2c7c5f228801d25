"""The one place where everything is built, in order, and closed in reverse: app, CLI and tests call it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.identity.keys import decode
from app.once.once import Once
from app.once.receipts import Receipts
from app.settings import Settings, SettingsInvalid
from app.stores import Stores, stores
from catalog.catalog import Catalog
from commands.execution import Executor
from commands.snapshots import Snapshots
from commands.states import States
from commands.writing import DocumentCommands
from events.background import Background
from events.log import EventLog
from events.wakeup import Listener
from projections.generations import Generations
from projections.heartbeat import Heartbeats
from projections.jobs import Jobs
from projections.steering import Steering
from queries.cursor import Cursors
from queries.documents import DocumentQueries
from queries.lists import SCANS_BYTES
from queries.marks import Marks
from queries.room import Room
from queries.views import ViewQueries
from queries.waiting import Waiters


@dataclass(frozen=True, slots=True)
class Deployment:
    """Everything an API worker serves requests with. `imports`: commands that remember no document."""

    stores: Stores
    commands: DocumentCommands
    imports: DocumentCommands
    once: Once
    queries: DocumentQueries
    views: ViewQueries
    marks: Marks
    jobs: Jobs
    heartbeats: Heartbeats
    generations: Generations
    steering: Steering

    @property
    def settings(self) -> Settings:
        """The settings it was built from."""
        return self.stores.settings

    @property
    def catalog(self) -> Catalog:
        """The declared collections."""
        return self.stores.catalog

    @property
    def log(self) -> EventLog:
        """The event log."""
        return self.stores.log


@asynccontextmanager
async def deployment(settings: Settings) -> AsyncIterator[Deployment]:
    """Build what an API worker needs. Raises as `stores`."""
    async with stores(settings, shared=settings.appender_socket) as opened, AsyncExitStack() as stack:
        log, redis, layout = opened.log, opened.redis, opened.layout
        snapshots = Snapshots(opened.database, settings.snapshot_every)
        stack.push_async_callback(snapshots.close)
        executor = Executor(log, States(log, snapshots, settings.state_cache))
        moved = Listener(opened.listening, layout.moved)
        waiters = Waiters(redis, layout, log.id, log.partitions, moved.waiter())
        background = await stack.enter_async_context(Background())
        background.start(moved.run(), "moved")
        background.start(waiters.run(), "waiters")
        cursors = Cursors(token_key(settings))
        room = Room(SCANS_BYTES, settings.read_timeout)
        reads = (redis, layout.prefix, log.id, log.partitions, cursors, waiters, settings.scan_limit, room)
        yield Deployment(
            opened,
            DocumentCommands(log, executor),
            DocumentCommands(log, Executor(log, States(log, snapshots, 0))),
            Once(Receipts(opened.database), opened.catalog, log, executor.requests),
            DocumentQueries(*reads),
            ViewQueries(*reads),
            Marks(redis, layout.prefix, log.id, log.partitions),
            Jobs(redis, layout),
            Heartbeats(redis, layout),
            Generations(redis, layout, log.id, log.partitions),
            Steering(redis, layout, log.id, log.partitions),
        )


def token_key(settings: Settings) -> bytes:
    """The deployment's signing key. Raises SettingsInvalid when there is none."""
    if settings.token_key is None:
        raise SettingsInvalid(["FOLDBASE_TOKEN_KEY: is not set; `foldbase up` makes one by itself"])
    return decode(settings.token_key.get_secret_value())


STORE_ERRORS = (PyMongoError, RedisError, OSError)
