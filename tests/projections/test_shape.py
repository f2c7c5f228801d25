"""Shapes: written and read back, compared, and the keys that a generation of a shape may have."""

from typing import Any

from catalog.declaration import Declaration
from catalog.declared import runtime_indexes, runtime_views
from catalog.parsing import parse
from projections.layout import Layout
from projections.shape import EMPTY, Shape, read_shape

DECLARED: dict[str, Any] = {
    "indexes": [["status", "-placed_at"], ["-customer.id"]],
    "views": {
        "by_day": {
            "group_by": [
                "carrier",
                {"field": "at", "bucket": "day", "time_zone": "America/New_York", "as": "day"},
            ],
            "measures": {"flights": "count", "worst": {"max": "delay"}},
            "where": {"origin": {"in": ["JFK", None, 1]}, "n": {"gte": 1, "lt": 5.5}},
        },
        "totals": {"measures": {"all": "count"}},
    },
}


def shape(declared: dict[str, Any]) -> Shape:
    """The shape of a declaration."""
    declaration: Declaration = parse(declared)
    return Shape(runtime_indexes(declaration), runtime_views(declaration))


def test_a_shape_is_read_back_as_it_was_written() -> None:
    kept = read_shape(shape(DECLARED).text())
    assert kept.is_same(shape(DECLARED))
    assert kept.views == shape(DECLARED).views
    assert set(kept.indexes) == set(shape(DECLARED).indexes)
    assert read_shape(EMPTY.text()) == EMPTY


def test_the_order_of_indexes_and_views_makes_no_other_shape() -> None:
    turned = {
        "indexes": DECLARED["indexes"][::-1],
        "views": dict(reversed(DECLARED["views"].items())),
        "unique": [["number"]],
    }
    assert shape(turned).is_same(shape(DECLARED))


def test_whatever_is_kept_otherwise_makes_another_shape() -> None:
    def conditioned(value: Any) -> Shape:
        return shape({"views": {"v": {"measures": {"all": "count"}, "where": {"n": value}}}})

    others = [
        EMPTY,
        shape({"indexes": DECLARED["indexes"]}),
        shape({"indexes": [["placed_at", "status"]]}),
        shape({"indexes": [["placed_at", "-status"]]}),
        *map(conditioned, (1, 1.5, True, "1")),
    ]
    assert len({other.text() for other in others}) == len(others)


def test_keys_of_a_generation_are_those_of_its_shape() -> None:
    keys = Layout("p").keys_of("c", 7, shape(DECLARED))
    assert len(keys) == len(set(keys))
    assert all(":c:7" in key for key in keys)
    declared = ("status,-placed_at", "-customer.id")
    assert {f"p:{kind}:c:7:{name}" for kind in ("index", "surplus") for name in declared} <= set(keys)
    assert {"p:rows:c:7", "p:shape:c:7", "p:parked:c:7", "p:index:c:7:created,"} <= set(keys)
    assert {"p:view:c:7:by_day", "p:view:c:7:totals", "p:viewvalues:c:7:by_day:delay"} <= set(keys)
    assert len(Layout("p").keys_of("c", 7, EMPTY)) == 4


def test_a_shape_that_was_written_before_views_had_orders_is_read_as_one_without() -> None:
    written = shape(DECLARED).text()
    assert written.count(',"orders":[]') == 2
    assert read_shape(written.replace(',"orders":[]', "")).is_same(shape(DECLARED))
