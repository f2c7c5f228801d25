"""Baseline: a bare Sanic handler that answers every document read with the same bytes."""

from pathlib import Path

from sanic import HTTPResponse, Request, Sanic

from benchmarks.baselines.serving import App, arguments, serve


def create_app(body: bytes) -> App:
    """Build the app that answers `body` on the path of a document."""
    app: App = Sanic("bare")

    @app.get("/v1/documents/<collection:str>/<id:str>")
    async def read(_: Request, collection: str, id: str) -> HTTPResponse:
        return HTTPResponse(body, content_type="application/json")

    return app


if __name__ == "__main__":
    options = arguments("body")
    serve(create_app(Path(options.body).read_bytes()), options.port)
