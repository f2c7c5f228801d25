"""Asking the API one thing after another, as an administrator."""

import asyncio
from collections.abc import Callable
from typing import Any

from tests.faults.connection import Answer, Connection, Unanswered, request

PATIENCE = 40.0
PAUSE = 0.02


class Asking:
    """Asks with an administrator's token, over one connection."""

    def __init__(self, connection: Connection, token: str) -> None:
        self.connection = connection
        self._headers = {"Authorization": f"Bearer {token}"}

    async def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """One request. Raises Unanswered."""
        return await self.connection.ask(request(method, path, self._headers, body))

    async def until_caught_up(self) -> None:
        """Return when the projections stand at the head of the log."""

        def is_caught_up(report: Any) -> bool:
            lags = [partition["lag"] for partition in report["partitions"]]
            return all(lag is not None and lag["commits"] == 0 for lag in lags)

        await self.until_told(is_caught_up)

    async def until_heard_of(self, projector: int) -> None:
        """Return when the projector with this process id has told of itself."""
        await self.until_told(
            lambda report: any(p["name"].endswith(f"-{projector}") for p in report["projectors"])
        )

    async def until_told(self, condition: Callable[[Any], bool]) -> None:
        """Return when `condition` holds of what `GET /v1/projections` tells."""
        async with asyncio.timeout(PATIENCE):
            while not condition(await self._report()):
                await asyncio.sleep(PAUSE)

    async def _report(self) -> Any:
        while True:
            try:
                answer = await self.ask("GET", "/v1/projections")
            except Unanswered:
                answer = None
            if answer is not None and answer.status == 200:
                return answer.json
            await asyncio.sleep(PAUSE)
