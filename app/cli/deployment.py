"""Finding the deployment a command is about: by `--data`, or by the environment."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from app.identity import keys
from app.settings import Settings
from app.supervisor import processes, run_file
from app.supervisor.run_file import Run
from events.errors import FoldbaseError


@dataclass(eq=False)
class NothingRuns(FoldbaseError):
    """No `foldbase up` runs on the data folder, and the environment names no other deployment."""

    folder: Path

    def __str__(self) -> str:
        return (
            f"nothing runs on {self.folder}; start it with: foldbase up --data {self.folder}"
            " (or set FOLDBASE_MONGO_URL and FOLDBASE_REDIS_URL)"
        )


@dataclass(eq=False)
class NoKey(FoldbaseError):
    """There is no key to sign tokens with."""

    folder: Path

    def __str__(self) -> str:
        return (
            f"there is no key in {self.folder}; foldbase up --data {self.folder} makes one"
            " (or set FOLDBASE_TOKEN_KEY)"
        )


def find(data: Path | None) -> Settings:
    """The settings of the deployment that runs on `data`; without it, of the one in the environment.

    When neither is given, the default data folder. `host` and `port` are where its API is reached.
    Raises: NothingRuns; SettingsInvalid.
    """
    settings = Settings.load()
    if data is None and settings.mongo_url and settings.redis_url:
        return settings
    folder = (data or settings.data).absolute()
    run = run_file.read(folder)
    if run is None or not _lives(run):
        raise NothingRuns(folder)
    api = urlsplit(run.api)
    return settings.model_copy(
        update={
            "mongo_url": run.mongo,
            "redis_url": run.redis,
            "database": run.database,
            "partitions": run.partitions,
            "data": folder,
            "host": api.hostname,
            "port": api.port,
            "token_key": SecretStr(keys.encode(signing_key(folder))),
            "auto_declare": True,
        }
    )


def signing_key(data: Path | None) -> bytes:
    """The key that signs tokens: FOLDBASE_TOKEN_KEY, else the one kept in the data folder.

    Raises: NoKey; SettingsInvalid; what `app.identity.keys` raises for a key that can not be used.
    """
    settings = Settings.load()
    if settings.token_key is not None:
        return keys.decode(settings.token_key.get_secret_value())
    folder = (data or settings.data).absolute()
    if not (folder / keys.FILE).exists():
        raise NoKey(folder)
    return keys.load_or_create(folder)


def _lives(run: Run) -> bool:
    """Whether the supervisor that wrote `run` still runs, and not another program with its number."""
    start = processes.started(run.supervisor)
    return start is not None and start == run.started.get(str(run.supervisor))
