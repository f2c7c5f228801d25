"""Why a benchmark could not be run: one line each, with what to do about it."""


class BenchmarkFailed(Exception):
    """No figure was taken. The text says why, for a person at a terminal."""


class ToolMissing(BenchmarkFailed):
    """A program the harness needs is not installed."""


class StartFailed(BenchmarkFailed):
    """A server ended, or did not answer in time, when it was started."""


class LoadFailed(BenchmarkFailed):
    """Requests failed under load, so that their rate would mean nothing."""
