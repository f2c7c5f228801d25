"""The table of problems: every error we raise on purpose has its row, and every row its explanation."""

import gc
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.problems import BY_STATUS, PROBLEMS, UNEXPECTED, Problem, problem_of
from catalog.errors import CatalogError
from events.errors import FoldbaseError

PACKAGES = ("app", "catalog", "commands", "events", "projections", "queries")
ROWS = [*PROBLEMS.values(), *BY_STATUS.values(), UNEXPECTED]

NEVER_IN_A_REQUEST = {
    "app.cli.deployment.NoKey",
    "app.cli.deployment.NothingRuns",
    "app.embedded.errors.ServerUnavailable",
    "app.exporting.errors.FileRefused",
    "app.forking.server.ForkServerGone",
    "app.identity.errors.GrantInvalid",
    "app.identity.errors.KeyInvalid",
    "app.importing.errors.FileUnusable",
    "app.importing.errors.RemoteAway",
    "app.importing.errors.RemoteRefused",
    "app.rebuilding.RebuildFailed",
    "app.settings.SettingsInvalid",
    "app.supervisor.errors.AddressUnusable",
    "app.supervisor.errors.FolderTaken",
    "app.supervisor.errors.FolderUnusable",
    "app.supervisor.errors.PortTaken",
    "catalog.errors.NoteTaken",
    "commands.errors.CommandRefused",
    "events.errors.TogetherRefused",
    "projections.errors.Held",
    "projections.errors.LeaseLost",
}
"""Errors of commands, of starting up and of projectors, and what only wraps others: no request meets them."""


def everything() -> None:
    """Import all our modules, so that every error class exists."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)


def leaves(kind: type[Exception]) -> Iterator[type[Exception]]:
    """The classes below `kind` that have none below them."""
    below = kind.__subclasses__()
    if not below:
        yield kind
    for each in below:
        yield from leaves(each)


def ours() -> set[type[Exception]]:
    """Every leaf of our trees of errors, of classes that still are in use."""
    everything()
    gc.collect()
    return {
        leaf
        for root in (FoldbaseError, CatalogError)
        for leaf in leaves(root)
        if leaf.__module__.partition(".")[0] in PACKAGES
    }


def named(kind: type[Exception]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def test_every_error_that_a_request_can_meet_has_its_row() -> None:
    without = {named(kind) for kind in ours() if kind not in PROBLEMS}
    assert without - NEVER_IN_A_REQUEST == set()


def test_the_exceptions_exist_and_have_no_row() -> None:
    assert {named(kind) for kind in ours() if kind not in PROBLEMS} >= NEVER_IN_A_REQUEST


def test_an_error_without_a_row_is_found() -> None:
    class Forgotten(FoldbaseError):
        __module__ = "events.errors"

    assert named(Forgotten) in {named(kind) for kind in ours() if kind not in PROBLEMS}
    assert problem_of(Forgotten()) is UNEXPECTED


def test_a_row_stands_for_the_class_and_for_those_below_it() -> None:
    for kind, row in PROBLEMS.items():
        below = type("Below", (kind,), {})
        assert problem_of(Exception.__new__(below)) is row


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.status} {row.name}" for row in ROWS])
def test_a_row_is_sound(row: Problem) -> None:
    assert re.fullmatch("[a-z]+(-[a-z]+)*", row.name)
    assert row.title[0].isupper()
    assert not row.title.endswith(".")
    assert 400 <= row.status <= 505
    assert (row.retry is not None) == (row.status in (429, 503))


def test_one_name_has_one_status_and_one_kind_of_wording() -> None:
    statuses: dict[str, set[int]] = {}
    for row in ROWS:
        statuses.setdefault(row.name, set()).add(row.status)
    assert {name for name, found in statuses.items() if len(found) > 1} == set()


def test_of_the_statuses_above_499_only_those_of_the_contract_are_answered() -> None:
    assert {row.status for row in ROWS if row.status >= 500 and row is not UNEXPECTED} == {501, 503, 505}


def test_the_domain_knows_no_status() -> None:
    everything()
    for name in ("catalog", "commands", "events", "projections", "queries"):
        for file in Path(importlib.import_module(name).__path__[0]).rglob("*.py"):
            assert not re.search(r"\b(sanic|HTTPStatus|status_code)\b", file.read_text()), file
