"""One scrape: everything there is to tell now, as text."""

import asyncio
import os
from collections.abc import Iterator
from importlib.metadata import version

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from app.composition import Deployment
from app.metrics import families
from app.metrics.traffic import Traffic
from app.projections_report import report
from catalog.errors import CatalogError
from events.errors import FoldbaseError

PATIENCE = 2.0
"""Seconds a scrape waits for MongoDB and Redis."""

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class Exposition:
    """Tells the metrics of a deployment, seen from one worker."""

    def __init__(self, deployment: Deployment, traffic: Traffic) -> None:
        self._deployment = deployment
        self._traffic = traffic
        self._version = version("foldbase")

    async def scrape(self) -> bytes:
        """The metrics now. With MongoDB or Redis away there are those of the worker alone."""
        found = await self._report()
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Snapshot(list(self._families(found))))
        ProcessCollector(registry=registry)
        return generate_latest(registry)

    async def _report(self) -> families.Report | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await report(self._deployment)
        except (FoldbaseError, CatalogError, TimeoutError):
            return None

    def _families(self, found: families.Report | None) -> Iterator[Metric]:
        yield from families.of_worker(self._traffic, str(os.getpid()), self._version)
        yield families.of_stores(found is not None)
        if found is not None:
            yield from families.of_log(found)
            yield from families.of_projectors(found)
            yield from families.of_projections(found)


class _Snapshot:
    """Metrics that were gathered already, as a collector."""

    def __init__(self, gathered: list[Metric]) -> None:
        self._gathered = gathered

    def collect(self) -> list[Metric]:
        return self._gathered
