"""How many examples a property is tried with: few enough for every day, or many (`make test-long`)."""

from hypothesis import settings

FEW, MANY = "ci", "long"


def know_profiles() -> None:
    """Let there be both, and the few by default; pytest's --hypothesis-profile names another."""
    settings.register_profile(FEW, max_examples=100, deadline=None)
    settings.register_profile(MANY, max_examples=2000, deadline=None)
    settings.load_profile(FEW)


def costing(times: int) -> settings:
    """Settings of a property each example of which costs as much as so many of others: it gets fewer."""
    return settings(max_examples=settings().max_examples // times)
