"""Settings: everything a deployment can choose, read once from `FOLDBASE_*` into one frozen object."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.http.origins import read_origins
from app.quotas.quota import read_quota
from events.errors import FoldbaseError

_PYDANTIC_SAYS = "Value error, "


class SettingsInvalid(FoldbaseError):
    """One or more settings are unusable. `problems` names every one of them, without its value."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("settings: " + "; ".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """All settings of a foldbase process. Durations are seconds, sizes are bytes."""

    model_config = SettingsConfigDict(
        env_prefix="FOLDBASE_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    mongo_url: str = Field("", description="MongoDB URL, a replica set or a sharded cluster.")
    redis_url: str = Field("", description="Redis or Valkey URL: redis://, rediss:// or unix://.")
    database: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,38}$")] = Field(
        "foldbase", description="MongoDB database; also the prefix of every Redis key."
    )
    partitions: Annotated[int, Field(ge=1, le=8192)] = Field(
        1, description="Partitions of the log; fixed when the log is created."
    )
    data: Path = Field(Path(".foldbase"), description="Folder of `foldbase up`: servers' data, key, run.json.")
    host: str = Field("127.0.0.1", description="Address the API listens on.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(8000, description="Port the API listens on.")
    workers: Annotated[int, Field(ge=1, le=64)] = Field(1, description="API workers of `foldbase up`.")
    token_key: SecretStr | None = Field(
        None, description="Key that signs and verifies tokens, base64url, 32 bytes or more."
    )
    appender_socket: Path | None = Field(
        None, description="Socket at which the API workers of a machine share one appender."
    )
    auto_declare: bool = Field(False, description="Make a collection on its first write (`foldbase up` does).")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level logged.")
    head_timeout: Annotated[float, Field(gt=0)] = Field(
        10.0, description="A request's head must arrive within this time of its first byte."
    )
    body_timeout: Annotated[float, Field(gt=0)] = Field(
        30.0, description="A request's body must arrive within this time of its head."
    )
    max_body: Annotated[int, Field(ge=1024)] = Field(
        16 * 2**20, description="Largest request body; a document is held to 1 MiB besides."
    )
    cors_origins: str = Field(
        "", description="Origins whose pages may use the API, with commas between them; `*` for any."
    )
    rate_limit: str = Field(
        "", description="Requests that each user may make: `600/60` is 600 in 60 seconds; empty for no limit."
    )
    server_timing: bool = Field(False, description="Tell in Server-Timing how long each answer took.")
    store_timeout: Annotated[float, Field(gt=0)] = Field(
        10.0, description="How long a write may wait for MongoDB before it is answered 503."
    )
    read_timeout: Annotated[float, Field(gt=0)] = Field(
        2.0, description="How long a read may wait for Redis before it is answered 503."
    )
    scan_limit: Annotated[int, Field(ge=0)] = Field(
        10_000, description="Most documents of a collection that a query without an index may look through."
    )
    state_cache: Annotated[int, Field(ge=0)] = Field(
        10_000, description="Streams whose state a process keeps in memory."
    )
    snapshot_every: Annotated[int, Field(ge=1)] = Field(
        100, description="A snapshot is kept every so many versions of a stream."
    )

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, text: str) -> str:
        read_origins(text)
        return text

    @field_validator("rate_limit")
    @classmethod
    def _rate(cls, text: str) -> str:
        read_quota(text)
        return text

    @classmethod
    def load(cls, **chosen: Any) -> "Settings":
        """Read the environment; `chosen` (command-line options) win over it.

        Raises: SettingsInvalid, naming every unusable setting at once.
        """
        try:
            return cls(**chosen)
        except ValidationError as invalid:
            raise SettingsInvalid([_sentence(error) for error in invalid.errors()]) from None


def _sentence(error: Any) -> str:
    name = "_".join(str(part) for part in error["loc"])
    return f"FOLDBASE_{name.upper()}: {error['msg'].removeprefix(_PYDANTIC_SAYS)}"
