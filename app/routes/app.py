"""The type of our Sanic application."""

import math
from types import SimpleNamespace
from typing import Any, cast

from sanic import Sanic
from sanic.config import Config
from sanic.exceptions import ServerError
from sanic.request import Request

from app.http.guarded_http import GuardedHttp


class App(Sanic[Config, SimpleNamespace]):
    """Sanic, handling requests without what foldbase does without: middlewares, signals, hosts, WebSockets.

    Every handler is a coroutine function. It returns the answer, or responds by itself and returns None.
    One that is added with `stream=True` reads the body itself, however large it is. Those of routes that take
    tokens are wrapped by `ctx.around`, where that is set.
    """

    def add_route(self, handler: Any, uri: str, *args: Any, **options: Any) -> Any:
        """See Sanic."""
        around = getattr(self.ctx, "around", None)
        if around is not None and uri.startswith("/v1/"):
            handler = around(handler)
        return super().add_route(handler, uri, *args, **options)

    async def handle_request(self, request: Request) -> None:
        """Send the answer to a request; what is raised until its head is sent is answered, too."""
        http = cast(GuardedHttp, request.stream)
        try:
            request.route, handler, found = self.router.get(request.path, request.method, None)
            if http.request_body:
                if hasattr(handler, "is_stream"):
                    http.request_max_size = math.inf
                else:
                    request.body = http.body_at_hand() or await http.whole_body()
            response = await handler(request, **found)
            if response is not None:
                await http.answer(response)
            elif http.response is None:
                raise ServerError("the handler gave no answer")
            else:
                await http.response.send(end_stream=True)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client is told
            await self.handle_exception(request, error, run_middleware=False)
