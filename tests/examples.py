"""How many examples a property is tried with: few enough for every day, or many (`make test-long`)."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import settings

FEW, MANY = "ci", "long"
EXAMPLES = 100
Test = TypeVar("Test", bound=Callable[..., Any])


def know_profiles(config: pytest.Config) -> None:
    """Let there be both, and the few by default; pytest's --hypothesis-profile names another."""
    config.addinivalue_line("markers", "seeds: tries its property with some seeds, or with many.")
    settings.register_profile(FEW, max_examples=EXAMPLES, deadline=None)
    settings.register_profile(MANY, max_examples=2000, deadline=None)
    settings.load_profile(FEW)


def costing(times: int) -> settings:
    """Settings of a property each example of which costs as much as so many of others: it gets fewer."""
    return settings(max_examples=settings().max_examples // times)


def seeds(few: int) -> Callable[[Test], Test]:
    """Try a property whose chance is Python's with so many values of `seed`, or with many more."""
    numbers = range(few * settings().max_examples // EXAMPLES)

    def tried(test: Test) -> Test:
        return pytest.mark.seeds(pytest.mark.parametrize("seed", numbers)(test))

    return tried
