"""Baseline: a Sanic handler that does one durable insert_one per request, with PyMongo's AsyncMongoClient."""

import orjson
from pymongo import AsyncMongoClient
from pymongo.write_concern import WriteConcern
from sanic import HTTPResponse, Request, Sanic

from benchmarks.baselines.serving import App, arguments, serve


def create_app(mongo_url: str) -> App:
    """Build the app that stores the body of a POST and answers 201 with its id."""
    app: App = Sanic("insert_one")

    @app.before_server_start
    async def connect(app: App) -> None:
        app.ctx.mongo = AsyncMongoClient(mongo_url)
        durable = WriteConcern(w="majority", j=True)
        app.ctx.notes = app.ctx.mongo["baseline"].get_collection("notes", write_concern=durable)

    @app.after_server_stop
    async def disconnect(app: App) -> None:
        await app.ctx.mongo.close()

    @app.post("/v1/documents/<collection:str>")
    async def create(request: Request, collection: str) -> HTTPResponse:
        inserted = await app.ctx.notes.insert_one(orjson.loads(request.body))
        body = orjson.dumps({"id": str(inserted.inserted_id)})
        return HTTPResponse(body, 201, content_type="application/json")

    return app


if __name__ == "__main__":
    options = arguments("mongo")
    serve(create_app(options.mongo), options.port)
