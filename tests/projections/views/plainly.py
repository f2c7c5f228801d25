"""All there is of a view in one plain form, without bytes: as Redis has it, and as it must be."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from math import floor
from typing import Any, NamedTuple

from catalog.declared import View
from projections.entries import key_of_member
from projections.views.prepared import ORDERING, VALUING, whole
from projections.views.rows import ID_BYTES, read_body
from projections.views.values import decode
from tests.projections.views.recomputed import Body, Row, grouped, ordered, parsed, plain, recomputed

Value = tuple[int, Any]
"""See `ordered`: for Python alone, true would be 1."""

Key = tuple[Value, ...]
"""A group. Where no row has a group id, the id stands for it."""

GREATEST = 1.7976931348623157e308


class ViewContents(NamedTuple):
    """Rows by group; groups in each order; of each path, how many documents of a group have a value.

    sorted_values: of paths of min and max, the values of each group in the order they are kept in.
    """

    rows: dict[Key, dict[str, Value]]
    orders: dict[str, list[Any]]
    counts: dict[str, dict[Any, int]]
    sorted_values: dict[str, dict[Any, list[Any]]]


class ViewFound(NamedTuple):
    """The same as Redis has it: a hash, and by name or path sorted sets, hashes, sorted sets."""

    rows: Mapping[bytes, bytes]
    orders: Mapping[str, Sequence[bytes]]
    counts: Mapping[str, Mapping[bytes, bytes]]
    sorted_values: Mapping[str, Sequence[bytes]]


def read(view: View, found: ViewFound) -> ViewContents:
    """What there is of a view."""
    rows = {
        id: _tagged(parsed(json.loads(read_body(row), parse_float=Decimal), view))
        for id, row in found.rows.items()
    }
    keys: dict[bytes, Any] = {id: _key(view, row) for id, row in rows.items()}

    def value_of(member: bytes) -> tuple[Any, Value]:
        id, value = member[:ID_BYTES], decode(member[ID_BYTES:])
        return keys.get(id, id), ordered(plain(value))

    def by_group(members: Iterable[bytes]) -> dict[Any, list[Any]]:
        groups: dict[Any, list[Any]] = {}
        for key, value in map(value_of, members):
            groups.setdefault(key, []).append(value)
        return groups

    ids = {name: [key_of_member(member)[1] for member in order] for name, order in found.orders.items()}
    return ViewContents(
        {keys[id]: row for id, row in rows.items()},
        {name: [keys.get(id, id) for id in order] for name, order in ids.items()},
        {path: {value_of(member): int(n) for member, n in some.items()} for path, some in found.counts.items()},
        {path: by_group(members) for path, members in found.sorted_values.items()},
    )


def expected(view: View, documents: Collection[Body]) -> ViewContents:
    """What there must be of a view of documents, recomputed."""
    groups = {
        tuple(ordered(plain(value)) for _, value in key): found
        for key, found in grouped(view, documents).items()
    }
    rows = {_key(view, row): row for row in map(_tagged, recomputed(view, documents))}
    values = {path: _values(path, groups) for path in _paths(view)}
    return ViewContents(
        rows,
        _orders(view, rows),
        {path: _if_kept(view, path, VALUING, dict(Counter(found))) for path, found in values.items()},
        {path: _if_kept(view, path, ORDERING, _sorted(found)) for path, found in values.items()},
    )


def _tagged(row: Row) -> dict[str, Value]:
    return {name: ordered(value) for name, value in row.items()}


def _key(view: View, row: Mapping[str, Value]) -> Key:
    return tuple(row[group.name] for group in view.groups)


def _orders(view: View, rows: Mapping[Key, Mapping[str, Value]]) -> dict[str, list[Any]]:
    orders: dict[str, list[Any]] = {}
    for place in range(len(view.groups)):
        orders[str(place)] = [key for _, key in sorted((key[place], key) for key in rows)]
    for name, kind in ((measure.name, measure.kind) for measure in view.measures):
        orders[name] = [
            key for _, key in sorted((_told_apart(row[name], kind), key) for key, row in rows.items())
        ]
    kinds = {measure.name: measure.kind for measure in view.measures}
    for order in view.orders:
        keys = sorted(rows)
        for field in reversed(whole(view, order).fields):
            keys.sort(
                key=lambda key: _told_apart(rows[key][field.path], kinds.get(field.path, "")),
                reverse=field.descending,
            )
        orders[order.name] = keys
    return orders


def _told_apart(value: Value, kind: str) -> Value:
    """As rows sort by a measure: sums as far as 64 bits and doubles tell them apart."""
    sum = value[1]
    if kind != "sum" or sum is None or (sum.denominator == 1 and abs(sum) < 2**63):
        return value
    return ordered(floor(sum) if 2**53 <= abs(sum) < 2**63 else min(max(float(sum), -GREATEST), GREATEST))


def _paths(view: View) -> list[str]:
    return [measure.path for measure in view.measures if measure.path is not None]


def _values(path: str, groups: Mapping[Key, Sequence[Body]]) -> list[tuple[Key, Value]]:
    found = [(key, ordered(plain(body.get(path)))) for key, bodies in groups.items() for body in bodies]
    return [(key, value) for key, value in found if value[0]]


def _sorted(values: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    groups: dict[Key, list[Value]] = {}
    for key, value in sorted(set(values)):
        groups.setdefault(key, []).append(value)
    return groups


def _if_kept(view: View, path: str, kinds: tuple[str, ...], values: dict[Any, Any]) -> dict[Any, Any]:
    return values if any(measure.path == path and measure.kind in kinds for measure in view.measures) else {}
