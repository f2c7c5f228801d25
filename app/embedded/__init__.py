"""The embedded servers: a real mongod and a real Redis, found on this machine and run on loopback."""

from app.embedded.errors import ServerUnavailable
from app.embedded.mongod import Mongod
from app.embedded.redis_server import RedisServer
from app.embedded.running import Running, Service, start, wait_ready

__all__ = ["Mongod", "RedisServer", "Running", "ServerUnavailable", "Service", "start", "wait_ready"]
