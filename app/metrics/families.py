"""The metrics by name: what a worker knows of itself, and what the report on projections says of all."""

from collections.abc import Iterator
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from app.metrics.traffic import Traffic
from projections.state import ProjectorState

Report = dict[str, Any]


def of_worker(traffic: Traffic, worker: str, version: str) -> Iterator[Metric]:
    """What this worker counted. worker: its process id, since scrapes of one address meet any of several."""
    info = GaugeMetricFamily("foldbase_info", "The version that runs.", labels=["worker", "version"])
    info.add_metric([worker, version], 1)
    yield info
    answers = CounterMetricFamily(
        "foldbase_answers", "Answers of this worker, by class of status.", labels=["worker", "class"]
    )
    for name, count in traffic.by_class().items():
        answers.add_metric([worker, name], count)
    yield answers
    groups = CounterMetricFamily(
        "foldbase_append_groups", "Groups of commits that this worker stored.", labels=["worker"]
    )
    groups.add_metric([worker], traffic.groups)
    yield groups


def of_stores(answer: bool) -> Metric:
    """Whether MongoDB and Redis told what the other metrics need."""
    return GaugeMetricFamily(
        "foldbase_stores_answer", "1 when MongoDB and Redis answered this scrape, else 0.", value=int(answer)
    )


def of_log(report: Report) -> Iterator[Metric]:
    """Head, checkpoint and lag of every partition; nothing of those that were never projected."""
    head = GaugeMetricFamily("foldbase_log_head", "Last position of the log.", labels=["partition"])
    checkpoint = GaugeMetricFamily(
        "foldbase_checkpoint", "Position up to which the live projections are.", labels=["partition"]
    )
    commits = GaugeMetricFamily("foldbase_lag_commits", "Log head minus checkpoint.", labels=["partition"])
    seconds = GaugeMetricFamily(
        "foldbase_lag_seconds", "Age of the oldest commit not yet applied.", labels=["partition"]
    )
    for each in report["partitions"]:
        labels = [str(each["partition"])]
        head.add_metric(labels, each["head"])
        if each["lag"] is not None:
            checkpoint.add_metric(labels, each["checkpoint"])
            commits.add_metric(labels, each["lag"]["commits"])
            seconds.add_metric(labels, each["lag"]["seconds"])
    yield from (head, checkpoint, commits, seconds)


def of_projectors(report: Report) -> Iterator[Metric]:
    """Every projector that was heard of lately, with a 1 at the state it is in."""
    states = GaugeMetricFamily(
        "foldbase_projector_state",
        "1 for the state the projector is in, 0 for the others.",
        labels=["projector", "partition", "state"],
    )
    for projector in report["projectors"]:
        for partition, now in enumerate(projector["partitions"]):
            for state in ProjectorState:
                labels = [projector["name"], str(partition), state.value]
                states.add_metric(labels, int(now["state"] == state.value))
    yield states


def of_projections(report: Report) -> Iterator[Metric]:
    """The live generation of every collection, what is parked, and whether it is being rebuilt."""
    generation = GaugeMetricFamily(
        "foldbase_generation", "Number of the live generation.", labels=["collection"]
    )
    rebuilding = GaugeMetricFamily(
        "foldbase_rebuild_running", "1 while a rebuild is asked for or runs.", labels=["collection"]
    )
    parked = GaugeMetricFamily("foldbase_parked", "Documents that are parked.", labels=["collection"])
    for each in report["projections"]:
        parked.add_metric([each["collection"]], each["parked"])
        if each["generation"] is not None:
            generation.add_metric([each["collection"]], each["generation"])
        runs = each["rebuild"] is not None and each["rebuild"]["state"] in ("queued", "running")
        rebuilding.add_metric([each["collection"]], int(runs))
    yield from (generation, parked, rebuilding)
