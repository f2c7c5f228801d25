"""The deployment's signing key, and the administrator's token that `foldbase up` prints and uses."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Self

from app.settings import Settings

TOKEN_LIFE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Signing:
    """key: its bytes. token: an administrator's, for a day from now. Neither is ever on a command line."""

    key: bytes = field(repr=False)
    token: str = field(repr=False)

    @classmethod
    def of(cls, settings: Settings, folder: Path) -> Self:
        """With the key of the settings, else with the one kept in `folder`, which is made at first start."""
        from app.identity import keys, tokens

        if settings.token_key is None:
            key = keys.load_or_create(folder)
        else:
            key = keys.decode(settings.token_key.get_secret_value())
        return cls(key, tokens.issue(key, sub="admin", role="admin", ttl=TOKEN_LIFE))

    @property
    def printable_key(self) -> str:
        """The key as FOLDBASE_TOKEN_KEY has it."""
        from app.identity import keys

        return keys.encode(self.key)
