"""Slices of a batch: of a bounded size over all collections, in order, and whole where it belongs together."""

from random import Random

import pytest

from events.commit import Commit
from events.document import Event
from projections import rows_before
from projections.slicing import slices
from tests.events.commits import new
from tests.examples import seeds
from tests.projections.oracle import assert_equals_fold
from tests.projections.rebuilding import STANDING, filled
from tests.projections.world import World


@seeds(6)
async def test_slices_hold_what_there_is_room_for_and_are_as_long_as_they_can_be(
    world: World, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    random = Random(seed)
    await world.declare("orders", "users")
    sizes = {(name, f"d{n}"): random.choice((10, 500, 3000)) for name in ("orders", "users") for n in range(12)}
    async with world.projecting():
        for (name, id), size in sizes.items():
            await world.create(name, [id], text="x" * size)
        await world.caught_up()
        rows = {place: await _size(world, *place) for place in sizes}
    head = await world.log.head(0)
    versions = dict.fromkeys(sizes, 1)
    for _ in range(40):
        some = random.sample(list(sizes), random.choice((1, 1, 1, 2, 5)))
        patch = Event("patched", {"set": {"n": random.random()}, "unset": []})
        news = [new("/".join(place), expected=versions[place], events=[patch]) for place in some]
        await world.log.append_together(news)
        for place in some:
            versions[place] += 1
    commits = await world.log.read_partition(0, after=head, limit=1000)
    room = random.choice((1, 4000, 9000, 10**6))
    monkeypatch.setattr(rows_before, "MOST_BYTES", room)
    pieces = await slices(world.redis, world.layout, world.layout.live, commits)
    assert [commit for piece in pieces for commit in piece] == commits
    for piece, following in zip(pieces, [*pieces[1:], []], strict=True):
        groups = _groups(piece)
        assert len(groups) == 1 or _needs(rows, piece) <= room
        assert not piece[-1].more
        if following:
            assert _needs(rows, [*piece, *_groups(following)[0]]) > room
    async with world.projecting():
        await world.caught_up()
        await assert_equals_fold(world)


async def test_commits_that_stood_between_those_of_other_collections_are_not_taken_for_together(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rebuild reads one collection alone, and the last commit of a batch may be another's."""
    await world.declare("orders", "users")
    ids = [f"d{n:02}" for n in range(12)]
    async with world.projecting():
        await world.create("orders", ids)
        await world.create("users", ids)
        await world.caught_up()
        sizes = [await _size(world, "orders", id) for id in ids]
    head = await world.log.head(0)
    for id in ids:
        places = (f"orders/{id}", f"users/{id}")
        await world.log.append_together([new(place, expected=1, events=[_patch()]) for place in places])
    until = await world.log.head(0)
    commits = await world.log.read_partition(0, after=head, limit=100, until=until, collection="orders")
    assert len(commits) == len(ids)
    monkeypatch.setattr(rows_before, "MOST_BYTES", 2 * max(sizes))
    pieces = await slices(world.redis, world.layout, world.layout.live, commits)
    assert [len(piece) for piece in pieces] == [2] * 6


@pytest.mark.usefixtures("small_batches")
async def test_rows_of_a_generation_that_is_kept_need_room_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(world)
    async with world.projecting():
        await world.caught_up()
        await world.built.jobs.ask("orders", {"keep": True})
        await world.rebuilt("orders")
    head = await world.log.head(0)
    for id in STANDING:
        await world.log.append(new(f"orders/{id}", expected=await _version(world, id), events=[_patch()]))
    commits = await world.log.read_partition(0, after=head, limit=1000)
    one = await _size(world, "orders", STANDING[0])
    monkeypatch.setattr(rows_before, "MOST_BYTES", 2 * one)
    first, *_ = await slices(world.redis, world.layout, world.layout.live, commits)
    assert first == commits[:1]


def _patch() -> Event:
    return Event("patched", {"set": {"n": -1}, "unset": []})


async def _version(world: World, id: str) -> int:
    return len(await world.log.read(f"orders/{id}"))  # type: ignore[arg-type]


async def _size(world: World, collection: str, id: str) -> int:
    generation = (await world.built.generations.live())[collection]
    return int(await world.redis.hstrlen(world.layout.rows(collection, generation), id))


def _needs(rows: dict[tuple[str, str], int], commits: list[Commit]) -> int:
    return sum(rows[_place(commit)] for commit in {commit.stream: commit for commit in commits}.values())


def _place(commit: Commit) -> tuple[str, str]:
    collection, _, id = commit.stream.partition("/")
    return collection, id


def _groups(commits: list[Commit]) -> list[list[Commit]]:
    groups: list[list[Commit]] = [[]]
    for commit in commits:
        groups[-1].append(commit)
        if not commit.more:
            groups.append([])
    return [group for group in groups if group]
