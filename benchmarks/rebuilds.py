"""Rebuilds of a deployment's projections, timed by the deployment itself."""

from benchmarks import product
from benchmarks.errors import BenchmarkFailed
from benchmarks.product import Product


async def rate(of: Product, collection: str, *, workers: int = 1) -> float:
    """Rebuild `collection` and return commits/s, from when a projector began until the new rows were live.

    The start of the command itself is not in it; that of the processes that share the work is.
    Raises: StartFailed, BenchmarkFailed.
    """
    await product.command(of, "rebuild", collection, "--workers", str(workers))
    async with of.client() as client:
        report = (await client.get("/v1/projections")).raise_for_status().json()
    for projection in report["projections"]:
        job = projection["rebuild"]
        if projection["collection"] == collection and job["options"]["workers"] == workers:
            seconds: float = job["finished_at"] - job["started_at"]
            return int(job["done"]) / seconds
    raise BenchmarkFailed(f"There is no rebuild of {collection} with {workers} workers.")
