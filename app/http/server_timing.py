"""Server-Timing (W3C): how long the server took, told to whoever asks, when a setting says so."""

from time import perf_counter

from app.http.guarded_http import GuardedHttp


def tell_time(http: GuardedHttp) -> None:
    """Add the milliseconds from the end of a request's head to its answer; none where no head could be read."""
    if http.perft0 is not None:
        http.response.headers["server-timing"] = f"app;dur={(perf_counter() - http.perft0) * 1000:.2f}"
