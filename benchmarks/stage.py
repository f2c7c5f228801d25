"""The stage: a folder, the baselines' own servers, and one deployment that scenarios share."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from benchmarks import flights, orders, product
from benchmarks.filling import declare, fill
from benchmarks.product import Product
from benchmarks.visible import caught_up, redis_bytes


@dataclass(frozen=True, slots=True)
class Loaded:
    """A deployment with the flights in it and nothing left to apply.

    rate:        documents/s of the import, the command's start and end included.
    empty, full: bytes Redis used before and after.
    """

    product: Product
    documents: int
    rate: float
    empty: int
    full: int


@dataclass(slots=True)
class Stage:
    """Where scenarios play: `rounds` of `seconds` each, with the flights of the CSV `file`.

    sizes:        how many rows the collections have that grow, the smallest number first.
    mongo, redis: URLs of servers that the baselines alone use.
    """

    folder: Path
    file: Path
    rounds: int
    seconds: float
    sizes: tuple[int, ...]
    mongo: str
    redis: str
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _kept: AsyncExitStack = field(default_factory=AsyncExitStack)
    _loaded: Loaded | None = None
    _grown: Product | None = None

    @asynccontextmanager
    async def fresh(self, workers: int = 1) -> AsyncIterator[Product]:
        """Run an empty deployment in a folder of its own."""
        async with product.up(self.folder / f"product-{next(self._numbers)}", workers=workers) as started:
            yield started

    async def loaded(self) -> Loaded:
        """Return the deployment that holds the flights; the first call imports them."""
        return self._loaded or await self.load()

    async def load(self, *, over_http: bool = False) -> Loaded:
        """Import the flights into a new deployment, which takes the place of the one before.

        over_http: through its API, as into a deployment elsewhere.
        """
        await self.close()
        started = await self._kept.enter_async_context(self.fresh())
        empty = await redis_bytes(started)
        await declare(started, flights.COLLECTION, flights.declaration())
        importing = ("import", flights.COLLECTION, str(self.file))
        seconds = await product.command(started, *importing, over_http=over_http)
        await caught_up(started, flights.COLLECTION)
        documents = flights.rows(self.file)
        full = await redis_bytes(started)
        self._loaded = Loaded(started, documents, documents / seconds, empty, full)
        return self._loaded

    async def grown(self) -> Product:
        """Return the deployment that holds orders, a collection for each size; the first call imports them."""
        if self._grown is None:
            await self.close()
            started = await self._kept.enter_async_context(self.fresh())
            files = {orders.name(size): await orders.file_of(self.folder, size) for size in self.sizes}
            await fill(started, {"indexes": orders.INDEXES}, files)
            self._grown = started
        return self._grown

    async def close(self) -> None:
        """End the deployment that scenarios share, if there is one."""
        self._loaded = self._grown = None
        await self._kept.aclose()
