"""A quota: so many requests in so many seconds, as a setting says it and as headers tell it."""

import re
from dataclasses import dataclass
from typing import Final

MOST_REQUESTS: Final = 1_000_000
MOST_SECONDS: Final = 86_400

_QUOTA: Final = re.compile("([1-9][0-9]{0,6})/([1-9][0-9]{0,4})")
_NAME: Final = "user"


@dataclass(frozen=True, slots=True)
class Quota:
    """How many `requests` each user may make in so many `seconds`."""

    requests: int
    seconds: int

    @property
    def policy(self) -> str:
        """The value of `RateLimit-Policy`."""
        return f'"{_NAME}";q={self.requests};w={self.seconds}'


@dataclass(frozen=True, slots=True)
class Spent:
    """What became of one request.

    left:   how many more may be made now.
    whole:  seconds until the whole quota may be used again.
    again:  seconds until a request may be made; 0: this one may.
    """

    left: int
    whole: int
    again: int

    @property
    def limit(self) -> str:
        """The value of `RateLimit`."""
        return f'"{_NAME}";r={self.left};t={self.whole}'


def read_quota(text: str) -> Quota | None:
    """The quota that `600/60` is; None where the text is empty. Raises ValueError."""
    if not text:
        return None
    written = _QUOTA.fullmatch(text)
    if written is not None:
        quota = Quota(int(written[1]), int(written[2]))
        if quota.requests <= MOST_REQUESTS and quota.seconds <= MOST_SECONDS:
            return quota
    raise ValueError(
        f"a rate is like 600/60, requests and seconds; at most {MOST_REQUESTS:,} in at most {MOST_SECONDS:,}"
    )
