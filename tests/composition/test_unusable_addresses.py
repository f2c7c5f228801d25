"""An address of a store that is none is told with its setting, and without the password in it."""

import pytest

from app.mongo_client import mongo_client
from app.redis_client import redis_client
from app.settings import Settings, SettingsInvalid


@pytest.mark.parametrize("url", ["foo", "http://127.0.0.1", "redis://:secret@127.0.0.1:x"])
async def test_an_address_of_redis_that_is_none_is_told(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="FOLDBASE_REDIS_URL: ") as told:
        redis_client(Settings(redis_url=url))
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("url", ["mongodb://", "mongodb://a:secret@b:c@d", "mongodb://h:port"])
async def test_an_address_of_mongodb_that_is_none_is_told(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="FOLDBASE_MONGO_URL: ") as told:
        mongo_client(Settings(mongo_url=url))
    assert "secret" not in str(told.value)
