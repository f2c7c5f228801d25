"""What /metrics tells, to whom, and when the stores are away."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from redis.asyncio import Redis

from app.composition import token_key
from app.identity.tokens import issue
from app.metrics.families import of_log, of_projections, of_projectors
from app.settings import Settings
from tests.docs.snippets import ROOT
from tests.openapi.serving import Served, served

Samples = dict[tuple[str, str], float]


@pytest.fixture
async def running(settings: Settings) -> AsyncIterator[Served]:
    """A running deployment with nothing in it."""
    async with served(settings.model_copy(update={"auto_declare": True})) as serving:
        yield serving


async def test_lag_is_nothing_when_everything_is_applied(running: Served) -> None:
    written = await running.admin.put("/v1/documents/notes/n1", json={})
    position = written.headers["fold-position"]
    await running.admin.get("/v1/documents/notes/n1", headers={"Fold-After": position})
    samples = await scraped(running.admin)
    assert samples["foldbase_stores_answer", ""] == 1
    assert samples["foldbase_log_head", "partition=0"] == int(position)
    assert samples["foldbase_checkpoint", "partition=0"] == int(position)
    assert samples["foldbase_lag_commits", "partition=0"] == 0
    assert samples["foldbase_lag_seconds", "partition=0"] == 0
    assert samples["foldbase_generation", "collection=notes"] > 0
    assert samples["foldbase_parked", "collection=notes"] == 0
    assert samples["foldbase_rebuild_running", "collection=notes"] == 0


async def test_answers_are_counted_by_class_also_those_of_no_route(running: Served) -> None:
    before = await answers(running)
    await running.user.put("/v1/documents/notes/n1", json={})
    await running.user.get("/nowhere")
    await running.user.get("/health/live", headers={"Host": "not a host"})
    after = await answers(running)
    assert after["4xx"] - before["4xx"] == 2
    assert after["2xx"] - before["2xx"] == 2
    assert after["5xx"] == before["5xx"] == 0


async def test_groups_of_commits_are_counted(running: Served) -> None:
    before = [
        value for (name, _), value in (await scraped(running.admin)).items() if "append_groups_total" in name
    ]
    await running.user.put("/v1/documents/notes/n1", json={})
    after = [
        value for (name, _), value in (await scraped(running.admin)).items() if "append_groups_total" in name
    ]
    assert (before, after) == ([0], [1])


async def test_metrics_are_for_administrators_and_the_scope(running: Served, settings: Settings) -> None:
    token = issue(
        token_key(settings), sub="prometheus", role="user", ttl=timedelta(minutes=1), scope="other metrics:read"
    )
    scraping = await running.nobody.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    user, nobody = await running.user.get("/metrics"), await running.nobody.get("/metrics")
    assert [answer.status_code for answer in (scraping, user, nobody)] == [200, 403, 401]


async def test_worker_tells_of_itself_when_redis_has_nothing_that_can_be_read(
    running: Served, redis: Redis, settings: Settings
) -> None:
    await redis.delete(f"{settings.database}:projectors")
    await redis.set(f"{settings.database}:projectors", "not a hash")
    samples = await scraped(running.admin)
    assert samples["foldbase_stores_answer", ""] == 0
    assert not any(name == "foldbase_log_head" for name, _ in samples)
    assert any(name == "foldbase_answers_total" for name, _ in samples)


def test_partition_that_was_never_projected_has_a_head_and_no_lag() -> None:
    report = {"partitions": [{"partition": 0, "head": 7, "checkpoint": None, "lag": None}]}
    samples = [sample for family in of_log(report) for sample in family.samples]
    assert [(sample.name, sample.value) for sample in samples] == [("foldbase_log_head", 7)]


def test_projector_is_in_one_state_per_partition() -> None:
    report = {"projectors": [{"name": "p", "partitions": [{"state": "LIVE"}, {"state": "HALTED"}]}]}
    [family] = of_projectors(report)
    found = {(each.labels["partition"], each.labels["state"]) for each in family.samples if each.value == 1}
    assert found == {("0", "LIVE"), ("1", "HALTED")}


def test_rebuild_runs_until_it_is_done_or_has_failed() -> None:
    states = {"a": "queued", "b": "running", "c": "done", "d": "failed"}
    report = {
        "projections": [
            {"collection": name, "generation": None, "parked": 0, "rebuild": {"state": state}}
            for name, state in states.items()
        ]
    }
    generation, _, rebuilding = of_projections(report)
    assert generation.samples == []
    assert {each.labels["collection"]: each.value for each in rebuilding.samples} == {
        "a": 1,
        "b": 1,
        "c": 0,
        "d": 0,
    }


async def test_every_metric_is_documented_and_nothing_else(running: Served) -> None:
    await running.admin.put("/v1/documents/notes/n1", json={})
    text = (await running.admin.get("/metrics")).text
    told = re.findall(r"^\| `(foldbase_\w+)`", (ROOT / "docs/reference/metrics.md").read_text(), re.MULTILINE)
    assert sorted(told) == sorted(set(re.findall(r"^# TYPE (foldbase_\w+) ", text, re.MULTILINE)))


async def scraped(client: httpx.AsyncClient) -> Samples:
    """The samples by name and labels, the worker's own label left out."""
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    return {
        (
            sample.name,
            ",".join(f"{key}={value}" for key, value in sample.labels.items() if key != "worker"),
        ): float(sample.value)
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def answers(running: Served) -> dict[str, float]:
    """How many answers there were, by class."""
    samples = await scraped(running.admin)
    return {label[6:]: value for (name, label), value in samples.items() if name == "foldbase_answers_total"}
