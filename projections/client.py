"""The Redis client that projections use, as far as types can say."""

from typing import Any, TypeAlias

# redis-py types every answer as bytes or str; ours never decodes, so every answer is bytes.
RedisClient: TypeAlias = Any
RedisPipeline: TypeAlias = Any
