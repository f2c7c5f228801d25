"""Slices of a batch that changes more than one step should hold, by how large the rows are that it changes."""

from collections.abc import Iterator, Mapping, Sequence

from redis.exceptions import RedisError

from events.commit import Commit
from events.position import collection_of, id_of
from projections import rows_before
from projections.client import RedisClient
from projections.generation import collection_of as collection_named
from projections.generation import read_all
from projections.guarded import away
from projections.layout import Layout, Target

Row = tuple[str, str]
"""A collection, and an id."""


async def slices(
    redis: RedisClient, layout: Layout, target: Target, commits: Sequence[Commit]
) -> list[list[Commit]]:
    """`commits` in pieces that change rows of MOST_BYTES at most, in all copies together, as they are now.

    But what was appended together is in one piece, however much it changes. Raises ProjectionAway.
    """
    try:
        sizes = await _sizes(redis, layout, target, commits)
    except (RedisError, OSError) as error:
        raise away(error) from error
    pieces: list[list[Commit]] = []
    held, size = set[Row](), 0
    for some in _together(commits):
        rows = set(map(_row, some))
        more = sum(sizes[row] for row in rows - held)
        if not pieces or size + more > rows_before.MOST_BYTES:
            pieces.append([])
            held, size, more = set(), 0, sum(sizes[row] for row in rows)
        pieces[-1] += some
        held |= rows
        size += more
    return pieces


async def _sizes(
    redis: RedisClient, layout: Layout, target: Target, commits: Sequence[Commit]
) -> Mapping[Row, int]:
    """How many bytes of rows there are of each document that is changed: those of all copies together."""
    keys: dict[str, list[str]] = {}
    for name, found in read_all(await redis.hgetall(target.generations)).items():
        collection = collection_named(name)
        keys.setdefault(collection, []).append(layout.rows(collection, found.number))
    sizes = dict.fromkeys(map(_row, commits), 0)
    asked = [(row, key) for row in sizes for key in keys.get(row[0], ())]
    async with redis.pipeline(transaction=False) as pipeline:
        for (_, id), key in asked:
            pipeline.hstrlen(key, id)
        for (row, _), size in zip(asked, await pipeline.execute(), strict=True):
            sizes[row] += size
    return sizes


def _row(commit: Commit) -> Row:
    return collection_of(commit.stream), id_of(commit.stream)


def _together(commits: Sequence[Commit]) -> Iterator[list[Commit]]:
    """Commits as they were appended, also where those of other collections were left out between them."""
    some: list[Commit] = []
    for commit in commits:
        if some and commit.position > some[0].position + some[0].more:
            yield some
            some = []
        some.append(commit)
    if some:
        yield some
