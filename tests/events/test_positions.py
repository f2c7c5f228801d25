"""Positions and streams: safe numbers, and one partition for a stream, for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.position import (
    MOST_PARTITIONS,
    SEQUENCE_BITS,
    beginning,
    collection_of,
    end,
    id_of,
    partition_for,
    partition_of,
    position,
    stream_name,
)

partitions = st.integers(0, MOST_PARTITIONS - 1)
sequences = st.integers(1, 2**SEQUENCE_BITS - 1)


@given(partitions, sequences)
def test_a_position_knows_its_partition_and_is_a_safe_json_number(partition: int, sequence: int) -> None:
    place = position(partition, sequence)
    assert partition_of(place) == partition
    assert beginning(partition) < place <= end(partition)
    assert int(float(place)) == place < 2**53


@given(partitions.filter(bool))
def test_partitions_lie_side_by_side(partition: int) -> None:
    assert end(partition - 1) == beginning(partition) - 1


@pytest.mark.parametrize(
    ("stream", "of_four", "of_all"), [("orders/o1", 3, 4219), ("orders/o2", 1, 449), ("users/ada@b.c", 1, 4217)]
)
def test_a_stream_never_moves_to_another_partition(stream: str, of_four: int, of_all: int) -> None:
    name = stream_name(*stream.split("/"))
    assert (partition_for(name, 1), partition_for(name, 4)) == (0, of_four)
    assert partition_for(name, MOST_PARTITIONS) == of_all


def test_streams_spread_over_all_partitions() -> None:
    streams = [stream_name("orders", f"o{n}") for n in range(1000)]
    shares = [sum(partition_for(stream, 4) == partition for stream in streams) for partition in range(4)]
    assert min(shares) > 200


@given(st.from_regex(r"[a-z][a-z0-9_]{0,62}", fullmatch=True), st.text(min_size=1))
def test_a_stream_tells_its_collection_and_its_id(collection: str, id: str) -> None:
    stream = stream_name(collection, id)
    assert (collection_of(stream), id_of(stream)) == (collection, id)
