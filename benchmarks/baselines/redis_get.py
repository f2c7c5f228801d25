"""Baseline: a Sanic handler that sends one GET to Redis per request, with redis-py's asyncio client."""

import redis.asyncio
from sanic import HTTPResponse, Request, Sanic

from benchmarks.baselines.serving import App, arguments, serve


def create_app(redis_url: str) -> App:
    """Build the app that answers a document read with the bytes kept under `document:<id>`."""
    app: App = Sanic("redis_get")

    @app.before_server_start
    async def connect(app: App) -> None:
        app.ctx.redis = redis.asyncio.from_url(redis_url)

    @app.after_server_stop
    async def disconnect(app: App) -> None:
        await app.ctx.redis.aclose()

    @app.get("/v1/documents/<collection:str>/<id:str>")
    async def read(_: Request, collection: str, id: str) -> HTTPResponse:
        body = await app.ctx.redis.get(f"document:{id}")
        return HTTPResponse(body, 200 if body else 404, content_type="application/json")

    return app


if __name__ == "__main__":
    options = arguments("redis")
    serve(create_app(options.redis), options.port)
