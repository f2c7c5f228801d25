"""Marks of tests that kill tasks and cut connections."""

import pytest

KILLING = [
    pytest.mark.usefixtures("collected"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
"""Drivers leave a connection that they were just making, when their task is killed, to the collector."""
