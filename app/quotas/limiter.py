"""Limiting: whose quota is used up has to wait, and everybody is told what is left of it.

The headers are those of draft-ietf-httpapi-ratelimit-headers-10, and so is the problem's `violated-policies`.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from sanic.request import Request
from sanic.response import HTTPResponse

from app.errors import QuotaExceeded
from app.http.guarded_http import GuardedHttp
from app.quotas.quota import Quota, Spent
from app.quotas.spending import Spending
from app.routes.access import Access

Handler = Callable[..., Coroutine[Any, Any, HTTPResponse | None]]


class Limiter:
    """Lets requests of users through up to a quota. Administrators have none."""

    def __init__(self, quota: Quota, spending: Spending, access: Access) -> None:
        self._quota = quota
        self._spending = spending
        self._access = access

    def around(self, handler: Handler) -> Handler:
        """The handler of a route that takes tokens, for those who may still ask."""

        async def limited(request: Request, **found: Any) -> HTTPResponse | None:
            await self._admit(request)
            return await handler(request, **found)

        return limited

    async def _admit(self, request: Request) -> None:
        """Raises TokenMissing, TokenInvalid, QuotaExceeded. Who can not be counted may ask."""
        identity = self._access.user(request)
        if identity.role == "admin":
            return
        spent = await self._spending.spend(identity.subject)
        request.ctx.spent = spent
        if spent is not None and spent.again:
            raise QuotaExceeded(self._quota.requests, self._quota.seconds, spent.again)

    def tell(self, http: GuardedHttp) -> None:
        """Add to an answer what is left, where its request was counted."""
        spent: Spent | None = getattr(http.request.ctx, "spent", None)
        if spent is not None:
            headers = http.response.headers
            headers["ratelimit-policy"], headers["ratelimit"] = self._quota.policy, spent.limit
