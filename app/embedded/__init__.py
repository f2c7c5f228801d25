"""The embedded servers: a real mongod and a real Redis, found on this machine and run on loopback."""

from app.embedded.errors import ServerUnavailable
from app.embedded.mongod import Mongod
from app.embedded.redis_server import RedisServer
from app.embedded.running import Running, Server, start

__all__ = ["Mongod", "RedisServer", "Running", "Server", "ServerUnavailable", "start"]
