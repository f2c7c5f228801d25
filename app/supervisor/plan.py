"""What one `foldbase up` runs, worked out from its settings before anything is started."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.embedded import Mongod, RedisServer, Service
from app.embedded.sockets import socket_for
from app.environment import environment
from app.settings import Settings
from app.supervisor.listening import address_of
from app.supervisor.programs import Api, Projector
from app.supervisor.run_file import Run
from app.supervisor.signing import Signing

Kinded = tuple[str, Service]


@dataclass(frozen=True, slots=True)
class Plan:
    """stores: MongoDB and Redis, where they are our own; programs: the projector and the API workers.

    run: what run.json says of it, still without processes.
    """

    stores: Sequence[Kinded]
    programs: Sequence[Kinded]
    run: Run


def make_plan(settings: Settings, folder: Path, sockets: Sequence[int], signing: Signing) -> Plan:
    """Plan for `folder`, with one API worker for each listening socket (a file descriptor).

    Raises: ServerUnavailable, when a server of our own is missing; OSError, when `folder` is not usable.
    """
    stores: list[Kinded] = []
    mongo, redis = settings.mongo_url, settings.redis_url
    if not mongo:
        mongod = Mongod.prepare(folder / "mongod")
        stores.append(("mongod", mongod))
        mongo = mongod.url
    if not redis:
        redis_server = RedisServer.prepare(folder / "redis")
        stores.append(("redis-server", redis_server))
        redis = redis_server.url
    run = Run(
        api=address_of(settings.host, settings.port),
        mongo=mongo,
        redis=redis,
        pids={},
        database=settings.database,
        partitions=settings.partitions,
    )
    return Plan(stores, _programs(settings, folder, sockets, run, signing), run)


def _programs(
    settings: Settings, folder: Path, sockets: Sequence[int], run: Run, signing: Signing
) -> Sequence[Kinded]:
    chosen = environment(
        {
            "mongo_url": run.mongo,
            "redis_url": run.redis,
            "token_key": signing.printable_key,
            "data": str(folder),
            "host": settings.host,
            "port": str(settings.port),
            "workers": str(settings.workers),
        }
    )
    if len(sockets) > 1:
        chosen["FOLDBASE_APPENDER_SOCKET"] = str(socket_for(folder, "appender.sock"))
    workers = [Api(chosen, folder / "api.log", socket, run.api) for socket in sockets]
    projector = Projector(chosen, folder / "projector.log", run.api, signing.token)
    return [("projector", projector), *(("api", each) for each in workers)]
