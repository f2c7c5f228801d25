"""Pages of 20, filtered and sorted by an index, over 64 connections: beside reads by id, at three sizes."""

import random
from collections.abc import Mapping
from pathlib import Path

from benchmarks import orders
from benchmarks.asking import answers
from benchmarks.bars import Bar, Row
from benchmarks.errors import BenchmarkFailed
from benchmarks.product import Product
from benchmarks.rounds import Measure, interleaved, medians
from benchmarks.sizes import flat
from benchmarks.stage import Stage

AGAINST_READ = Bar(0.4)
NEW_AGAINST_READ = Bar(0.3)
"""Of pages that nobody asked for before: what is read and planned for each makes them a third dearer."""

LIMIT = 20
PLAN = f"index={','.join(orders.INDEXES[0])}"
READ = "read by id"

Side = tuple[str, int]
"""What is asked, and of how many orders."""


async def rows(stage: Stage) -> list[Row]:
    """Measure pages that are asked for again and again, and pages that hardly any cache can have."""
    product = await stage.grown()
    kinds = {
        "page of 20": (AGAINST_READ, orders.pages_of_customers()),
        "page of 20, new each time": (NEW_AGAINST_READ, orders.pages_before_moments()),
    }
    sides = {(READ, stage.sizes[-1]): _reads(stage, product)}
    for kind, (_, queries) in kinds.items():
        ends = _file(stage.folder / f"{kind}.queries", queries)
        for size in stage.sizes:
            await _check(product, size, queries[0])
            prefix = f"/v1/documents/{orders.name(size)}?"
            sides[kind, size] = answers(product.api, product.token, prefix, ends, stage.seconds)
    rates = medians(await interleaved(sides, stage.rounds))
    return [row for kind, (bar, _) in kinds.items() for row in judged(kind, bar, rates)]


def judged(kind: str, bar: Bar, rates: Mapping[Side, float]) -> list[Row]:
    """Make the two rows of one kind of pages out of answers/s by side."""
    pages = {size: rate for (asked, size), rate in rates.items() if asked == kind}
    largest = max(pages)
    against = pages[largest] / rates[READ, largest]
    figures = {f"{READ}, reads/s": rates[READ, largest], "pages/s": pages[largest]}
    return [Row(f"{kind}, against {READ}", bar, against, figures), flat(kind, pages)]


def _reads(stage: Stage, product: Product) -> Measure:
    size, chosen = stage.sizes[-1], random.Random(64)
    ids = [orders.id_of(chosen.randrange(size)) for _ in range(orders.QUESTIONS)]
    prefix = f"/v1/documents/{orders.name(size)}/"
    return answers(product.api, product.token, prefix, _file(stage.folder / "order-ids", ids), stage.seconds)


async def _check(product: Product, size: int, query: str) -> None:
    """Raise BenchmarkFailed unless a query is answered by the index, with a whole page in order."""
    async with product.client() as client:
        answer = (await client.get(f"/v1/documents/{orders.name(size)}?{query}")).raise_for_status()
    plan, moments = answer.headers["fold-plan"], [item["at"] for item in answer.json()["items"]]
    if plan != PLAN or len(moments) != LIMIT or moments != sorted(moments, reverse=True):
        raise BenchmarkFailed(f"Not a page by the index, of {size:,} orders: {query}: {plan} {moments}")


def _file(file: Path, lines: list[str]) -> Path:
    file.write_text("".join(f"{line}\n" for line in lines))
    return file
