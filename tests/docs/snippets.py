"""The snippets in Markdown files: shell to run, and the output that is said to come of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
RUN = "sh run"
OUTPUTS = ("json output", "text output")

_FENCE = re.compile(r"^(?P<pad> *)```(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=pad)```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Snippet:
    """A block that is run. expected: the output said to follow, with its kind; None where none is told."""

    line: int
    shell: str
    expected: tuple[str, str] | None


def pages() -> list[Path]:
    """Every page there is to read, in the order a newcomer reads them."""
    first = [ROOT / "README.md", *sorted((ROOT / "docs/tutorial").glob("*.md"))]
    return [*first, *sorted(set((ROOT / "docs").rglob("*.md")) - set(first))]


def pages_to_run() -> list[Path]:
    """The pages with snippets that are run."""
    return [page for page in pages() if next(snippets(page), None) is not None]


def snippets(page: Path) -> Iterator[Snippet]:
    """The snippets of a page that are run, in order."""
    text = page.read_text()
    fences = list(_FENCE.finditer(text))
    for place, fence in enumerate(fences):
        if fence["info"] == RUN:
            line = text.count("\n", 0, fence.start()) + 1
            following = fences[place + 1] if place + 1 < len(fences) else None
            said = None
            if following is not None and following["info"] in OUTPUTS:
                said = (following["info"], dedent(following["text"]))
            yield Snippet(line, dedent(fence["text"]), said)


def infos() -> set[str]:
    """What stands behind the opening of every block of every page."""
    return {fence["info"] for page in pages() for fence in _FENCE.finditer(page.read_text())}
