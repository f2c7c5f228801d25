"""The reference is complete and true: settings, routes, problems, commands, limits, links."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from app.cli.program import program
from app.openapi.interface import interface
from app.openapi.problems import by_name
from app.settings import Settings
from tests.docs.snippets import ROOT, pages

REFERENCE = ROOT / "docs/reference"
DECISIONS = ROOT / "docs/decisions"


def test_every_setting_is_documented_as_it_is_and_nothing_else() -> None:
    told = {row[0].strip("`"): row[1:] for row in rows("settings.md") if row[0].startswith("`FOLDBASE_")}
    real = {
        f"FOLDBASE_{name.upper()}": [_default(field.default), str(field.description)]
        for name, field in Settings.model_fields.items()
    }
    assert told == real


def test_every_problem_is_documented_with_its_status_and_title() -> None:
    told = [row for row in rows("problems.md") if row[0].isdecimal()]
    assert told == [[str(each.status), f"`{name}`", each.title] for name, each in by_name().items()]


def test_every_route_is_documented() -> None:
    told = [row for row in rows("routes.md") if row[0].startswith("`")]
    assert sorted(told) == sorted(_routes())


def test_every_command_and_option_is_documented() -> None:
    group = typer.main.get_command(program)
    assert isinstance(group, TyperGroup)
    sections = re.split(r"^## ", (REFERENCE / "command-line.md").read_text(), flags=re.MULTILINE)[1:]
    told = {
        (re.match(r"`foldbase ([\w-]+)", section) or [""])[1]: set(
            re.findall(r"^\| `(--[\w-]+)`", section, re.M)
        )
        for section in sections
    }
    real = {
        name: {
            option
            for each in (command, *getattr(command, "commands", {}).values())
            for parameter in each.params
            for option in parameter.opts
            if option.startswith("--") and not getattr(parameter, "hidden", False)
        }
        for name, command in group.commands.items()
    }
    assert told == {name: options - {"--help"} for name, options in real.items()}


def test_every_decision_is_listed_by_its_number_and_name() -> None:
    listed = re.findall(r"^(\d+)\. \[(.+)\]\((\d{4})-.+\.md\)$", (DECISIONS / "README.md").read_text(), re.M)
    records = sorted(DECISIONS.glob("[0-9]*.md"))
    assert [number for number, _, _ in listed] == [str(place) for place in range(1, len(records) + 1)]
    for (number, title, digits), record in zip(listed, records, strict=True):
        text = record.read_text()
        assert record.name[:4] == digits == f"{int(number):04}"
        assert text.startswith(f"# {title}\n")
        assert "**Promises.**" in text
        assert "**Refused.**" in text


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if not target.startswith(("http://", "https://")):
            path, _, fragment = target.partition("#")
            linked = (page.parent / path).resolve() if path else page
            assert linked.exists(), target
            assert not fragment or fragment in _anchors(linked), target


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page not in reached:
            reached.add(page)
            links = re.findall(r"\]\(([^)\s#]+\.md)", page.read_text())
            ahead += [(page.parent / link).resolve() for link in links if not link.startswith("http")]
    assert set(pages()) <= reached


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) < 80


def rows(name: str) -> Iterator[list[str]]:
    """The rows of all tables of a page of the reference, as their cells."""
    for line in (REFERENCE / name).read_text().splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def _default(value: Any) -> str:
    """A default as the reference writes it: nothing where there is none, and numbers without a tail."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _routes() -> Iterator[list[str]]:
    for path, methods in interface()["paths"].items():
        for method, operation in methods.items():
            if method != "head":
                ways = [", ".join(each["bearer"]) or "user" for each in operation["security"]] or ["public"]
                yield [f"`{method.removeprefix('x-').upper()} {path}`", " or ".join(ways), operation["summary"]]


def _anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
