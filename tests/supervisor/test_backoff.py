"""The pause before a restart grows while a process keeps dying early."""

from app.supervisor.backoff import CALM, FIRST, LONGEST, Backoff


def test_the_pause_doubles_from_the_first_to_the_longest_when_a_process_keeps_dying_early() -> None:
    backoff = Backoff()
    pauses = [backoff.pause_after(lived=0.0) for _ in range(10)]
    assert pauses[:3] == [FIRST, 2 * FIRST, 4 * FIRST]
    assert pauses[-1] == LONGEST
    assert pauses == sorted(pauses)


def test_the_pause_is_the_first_again_when_the_process_had_lived_long() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.pause_after(lived=0.0)
    assert backoff.pause_after(lived=CALM) == FIRST
    assert backoff.pause_after(lived=0.0) == 2 * FIRST
