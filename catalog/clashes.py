"""What is wrong between the parts of a declaration, each of which may be right by itself.

The raw body is read, so that these problems are told together with those of the parts; what has not
the right shape is passed over here.
"""

from collections.abc import Iterator
from typing import Any

from catalog.errors import Problem, shown
from catalog.names import nearest
from catalog.pointers import pointer


def clashes(body: dict[str, Any]) -> Iterator[Problem]:
    """What is declared twice; columns of a view that share a name, and such that are none."""
    yield from _repeated(body.get("indexes"), ("indexes",), ordered=True)
    yield from _repeated(body.get("unique"), ("unique",), ordered=False)
    views = body.get("views")
    for name, view in views.items() if isinstance(views, dict) else ():
        if isinstance(view, dict):
            yield from _shared_columns(view, name)
            yield from _repeated(view.get("orders"), ("views", name, "orders"), ordered=True)
            yield from _unknown_columns(view, name)


def _repeated(sets: Any, place: tuple[str, ...], *, ordered: bool) -> Iterator[Problem]:
    seen: dict[object, int] = {}
    for number, fields in enumerate(sets if isinstance(sets, list) else ()):
        if isinstance(fields, list) and all(isinstance(field, str) for field in fields):
            identity = tuple(fields) if ordered else frozenset(fields)
            first = seen.setdefault(identity, number)
            if first != number:
                yield Problem(pointer((*place, number)), f"the same as {pointer((*place, first))}")


def _shared_columns(view: dict[str, Any], name: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, column in _columns(view):
        if column in seen:
            yield Problem(
                pointer(("views", name, *place)),
                f'two columns of this view are named {shown(column)}; name one otherwise (a field by "as")',
            )
        seen.add(column)


def _unknown_columns(view: dict[str, Any], name: str) -> Iterator[Problem]:
    columns = [column for _, column in _columns(view)]
    orders = view.get("orders")
    for number, order in enumerate(orders if isinstance(orders, list) else ()):
        for place, field in enumerate(order if isinstance(order, list) else ()):
            if isinstance(field, str) and field.removeprefix("-") not in columns:
                reason = f"{shown(field.removeprefix('-'))} is no column of the view"
                yield Problem(
                    pointer(("views", name, "orders", number, place)), f"{reason}; {nearest(field, columns)}"
                )


def _columns(view: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    groups = view.get("group_by")
    for number, item in enumerate(groups if isinstance(groups, list) else ()):
        column = item.get("as") or item.get("field") if isinstance(item, dict) else item
        if isinstance(column, str):
            yield ("group_by", number), column
    measures = view.get("measures")
    for label in measures if isinstance(measures, dict) else ():
        yield ("measures", label), label
