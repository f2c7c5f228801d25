"""The state cache: bounded in number and weight, and never wrong about either."""

from hypothesis import given
from hypothesis import strategies as st

from commands.cache import StateCache
from events.position import StreamName


def stream(name: object) -> StreamName:
    return StreamName(f"orders/{name}")


def test_what_was_put_last_is_remembered() -> None:
    cache: StateCache[str] = StateCache(10)
    cache.put(stream(1), "new", 100)
    cache.put(stream(1), "newer", 30)
    assert cache.get(stream(1)) == "newer"
    assert (len(cache), cache.weight) == (1, 30)
    assert cache.get(stream(2)) is None


def test_what_was_used_longest_ago_goes_first() -> None:
    cache: StateCache[int] = StateCache(3)
    for number in (1, 2, 3):
        cache.put(stream(number), number, 1)
    cache.get(stream(1))
    cache.put(stream(4), 4, 1)
    assert [cache.get(stream(number)) for number in (1, 2, 3, 4)] == [1, None, 3, 4]


def test_a_heavy_state_makes_room_for_itself() -> None:
    cache: StateCache[int] = StateCache(100, most_weight=50)
    for number in range(10):
        cache.put(stream(number), number, 10)
    cache.put(stream("heavy"), 99, 35)
    assert cache.get(stream("heavy")) == 99
    assert (len(cache), cache.weight) == (2, 45)


def test_a_state_that_is_too_heavy_is_not_remembered() -> None:
    cache: StateCache[int] = StateCache(100, most_weight=50)
    cache.put(stream(1), 1, 51)
    assert (cache.get(stream(1)), len(cache), cache.weight) == (None, 0, 0)


def test_a_cache_of_nothing_remembers_nothing() -> None:
    cache: StateCache[int] = StateCache(0)
    cache.put(stream(1), 1, 1)
    assert (cache.get(stream(1)), cache.weight) == (None, 0)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 30))))
def test_its_bounds_hold_whatever_is_put(puts: list[tuple[int, int]]) -> None:
    cache: StateCache[int] = StateCache(4, most_weight=60)
    weights: dict[int, int] = {}
    for name, weight in puts:
        cache.put(stream(name), name, weight)
        weights[name] = weight
        kept = [name for name in weights if cache.get(stream(name)) is not None]
        assert len(kept) == len(cache) <= 4
        assert sum(weights[name] for name in kept) == cache.weight <= 60
