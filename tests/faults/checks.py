"""What must hold of a log, whatever was killed: each check raises an AssertionError that names the seed."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, pairwise

import orjson

from tests.faults.history import Fate, History, Read, Write
from tests.faults.truth import SEQUENCE_BITS, Moment, Truth

Check = Callable[[History, Truth], Iterable[str]]


def check(history: History, truth: Truth) -> None:
    """Hold everything that was answered against the log."""
    broken = list(chain.from_iterable(each(history, truth) for each in CHECKS))
    assert not broken, f"seed {history.seed!r}: {len(broken)} broken promises: {broken[:5]}"


def positions_count_on(history: History, truth: Truth) -> Iterator[str]:
    """In every partition the positions are 1, 2, 3…"""
    last: dict[int, int] = {}
    for place in (commit["_id"] for commit in truth.commits):
        partition = place >> SEQUENCE_BITS
        before = last.get(partition, partition << SEQUENCE_BITS)
        if place != before + 1:
            yield f"position {place} follows {before}"
        last[partition] = place


def versions_count_on(history: History, truth: Truth) -> Iterator[str]:
    """In every stream the versions are 1, 2, 3…"""
    for id, moments in truth.moments.items():
        versions = [moment.commit["version"] for moment in moments]
        if versions != list(range(1, len(moments) + 1)):
            yield f"{id} has the versions {versions}"


def acknowledged_are_kept(history: History, truth: Truth) -> Iterator[str]:
    """Every acknowledged write stands where it was said to, and is what was answered."""
    by_place = {moment.commit["_id"]: moment for moment in _moments(truth)}
    for write in history.fates(Fate.ACKNOWLEDGED):
        assert write.answer is not None
        moment = by_place.get(write.position)
        if moment is None or moment.commit["version"] != write.version or not _is_of(write, moment):
            yield f"acknowledged and not there: {write} but {moment}"
        elif moment.body is not None and not same(write.answer.json, moment.shown):
            yield f"answered {write.answer.json}, stored {moment.shown}"


def commits_are_of_writes(history: History, truth: Truth) -> Iterator[str]:
    """Every commit is of one write that was not refused, no two are of the same, and it does what was asked."""
    by_mark = {write.mark: write for write in history.writes}
    deleting = {(w.id, w.if_match): w for w in _not_refused(history) if w.method == "DELETE"}
    seen: set[str] = set()
    for id, moments in truth.moments.items():
        for before, moment in pairwise([None, *moments]):
            assert moment is not None
            commit = moment.commit
            if moment.body is None:
                write = deleting.get((id, commit["version"] - 1))
            else:
                write = by_mark.get(moment.body["mark"])
            if write is None or write.fate is Fate.REFUSED:
                yield f"stored and never taken: {commit} of {write}"
            elif write.mark in seen:
                yield f"stored twice: {write}"
            elif write.if_match not in (None, commit["version"] - 1):
                yield f"stored against its condition: {write} at version {commit['version']}"
            elif not same(write.leads(before.body if before else None), moment.body):
                yield f"{write} led from {before} to {moment}"
            else:
                seen.add(write.mark)


def refusals_are_true(history: History, truth: Truth) -> Iterator[str]:
    """Who is told that a version is no longer the newest is told one that is newer, and that there is."""
    for write in history.fates(Fate.REFUSED):
        if write.answer is not None and write.answer.status == 412:
            newer = write.answer.json["version"]
            assert write.id is not None
            if newer == write.if_match or newer > len(truth.moments.get(write.id, ())):
                yield f"refused with {write.answer.json}: {write}"


def reads_equal_the_fold(history: History, truth: Truth) -> Iterator[str]:
    """What was read at a position is the fold of the log up to it."""
    for read in history.reads:
        expected = [moment.shown for moment in _expected(read, truth)]
        if not same(expected, list(read.found)):
            yield f"{read} but the log says {expected}"


def reads_go_forward(history: History, truth: Truth) -> Iterator[str]:
    """A read is served at what it demanded or later."""
    for read in history.reads:
        if any(read.at[place >> SEQUENCE_BITS] < place for place in read.after):
            yield f"served too early: {read}"


def only_away_is_answered(history: History, truth: Truth) -> Iterator[str]:
    """Whatever breaks, a client is told at worst that something is away."""
    answers = [*history.unserved, *(write.answer for write in history.writes if write.answer is not None)]
    for answer in answers:
        if answer.status >= 500 and (answer.status, "retry-after" in answer.headers) != (503, True):
            yield f"answered {answer}"
    for answer in history.unserved:
        if answer.status != 503:
            yield f"a read answered {answer}"


CHECKS: tuple[Check, ...] = (
    positions_count_on,
    versions_count_on,
    acknowledged_are_kept,
    commits_are_of_writes,
    refusals_are_true,
    reads_equal_the_fold,
    reads_go_forward,
    only_away_is_answered,
)


def same(one: object, other: object) -> bool:
    """Whether two JSON values are the very same, kind of number and order of names included."""
    return orjson.dumps(one) == orjson.dumps(other)


def _expected(read: Read, truth: Truth) -> list[Moment]:
    if read.id is None:
        return truth.newest(read.at, read.limit)
    moment = truth.at(read.id, read.at)
    return [] if moment is None or moment.body is None else [moment]


def _is_of(write: Write, moment: Moment) -> bool:
    if moment.body is None:
        return write.method == "DELETE" and write.if_match == moment.commit["version"] - 1
    return bool(moment.body["mark"] == write.mark)


def _not_refused(history: History) -> Iterator[Write]:
    return (write for write in history.writes if write.fate is not Fate.REFUSED)


def _moments(truth: Truth) -> Iterator[Moment]:
    return (moment for moments in truth.moments.values() for moment in moments)
