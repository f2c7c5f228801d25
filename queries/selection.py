"""Selection: of a document, the fields asked for, and always `id` and `_meta`."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

Tree = dict[str, "Tree | None"]


def select(bodies: Iterable[bytes], fields: Iterable[str]) -> list[bytes]:
    """The documents with `fields` alone; nested ones keep their nesting, those not there are left out."""
    wanted = _tree(("id", "_meta", *fields))
    return [orjson.dumps(_selected(orjson.loads(body), wanted)) for body in bodies]


def _tree(paths: Iterable[str]) -> Tree:
    """Names to what is wanted below them; None for all."""
    tree: Tree = {}
    for path in paths:
        node, names = tree, path.split(".")
        for name in names[:-1]:
            below = node.setdefault(name, {})
            if below is None:
                break
            node = below
        else:
            node[names[-1]] = None
    return tree


def _selected(value: Mapping[str, Any], wanted: Tree) -> dict[str, Any]:
    selected = {}
    for name, inner in value.items():
        if name not in wanted:
            continue
        below = wanted[name]
        if below is None:
            selected[name] = inner
        elif isinstance(inner, dict):
            selected[name] = _selected(inner, below)
    return selected
