"""Which declarations can be, and what the others are told."""

from typing import Any

import orjson
import pytest

from catalog.errors import DeclarationInvalid
from catalog.parsing import MAX_BYTES, parse, valid

ORDERS: dict[str, Any] = {
    "schema": {
        "type": "object",
        "properties": {"a.b": {"$ref": "#/$defs/text"}},
        "$defs": {"text": {"type": "string"}},
    },
    "unique": [["number"], ["shop", "email"]],
    "indexes": [["status", "-placed_at"], ["customer.id"], ["tags"], ["_meta.created_at", "-id"]],
    "views": {
        "sales": {
            "group_by": [
                "customer.country",
                {"field": "placed_at", "bucket": "day", "time_zone": "America/New_York", "as": "day"},
            ],
            "measures": {"orders": "count", "revenue": {"sum": "total"}},
            "where": {
                "status": {"eq": "paid"},
                "total": {"lt": None, "gte": 10},
                "x": {"in": [1, "a", None, True]},
            },
            "orders": [["customer.country", "-revenue"], ["-orders", "day"]],
        }
    },
    "require_if_match": True,
}


def pointers(body: Any) -> list[str]:
    with pytest.raises(DeclarationInvalid) as refused:
        parse(body)
    return [problem.pointer for problem in refused.value.problems]


def message(body: Any) -> str:
    with pytest.raises(DeclarationInvalid) as refused:
        parse(body)
    [problem] = refused.value.problems
    return problem.message


def view(**changed: Any) -> dict[str, Any]:
    return {"views": {"v": {"measures": {"n": "count"}, **changed}}}


def test_a_declaration_is_written_as_it_was_declared() -> None:
    assert parse(ORDERS).body() == ORDERS
    assert parse(orjson.loads(parse(ORDERS).text())) == parse(ORDERS)


def test_what_equals_its_default_is_left_out() -> None:
    assert parse({"schema": None, "unique": [], "views": {}, "require_if_match": False}).body() == {}


def test_a_value_alone_means_eq() -> None:
    where = {"a": 1, "b": None, "c": "x"}
    operands = {path: said.operands() for path, said in parse(view(where=where)).views["v"].where.items()}
    assert operands == {"a": (("eq", 1),), "b": (("eq", None),), "c": (("eq", "x"),)}


def test_declarations_are_the_same_when_only_the_order_of_keys_differs() -> None:
    turned = dict(reversed(ORDERS.items()))
    assert parse(ORDERS).is_same(parse(turned))


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), (1, "1")])
def test_declarations_differ_when_a_value_is_of_another_kind(one: Any, other: Any) -> None:
    assert not parse({"schema": {"const": one}}).is_same(parse({"schema": {"const": other}}))


@pytest.mark.parametrize("body", [None, [], "orders", 5, True])
def test_a_declaration_is_an_object(body: Any) -> None:
    assert pointers(body) == [""]


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ({"indexs": []}, "indexes"),
        ({"uniqe": []}, "unique"),
        ({"requireIfMatch": True}, "require_if_match"),
        (view(messures={}), "measures"),
        (view(group_by=[{"field": "a", "buckt": "day"}]), "bucket"),
        (view(where={"a": {"prefx": "b"}}), "prefix"),
        (view(measures={"m": {"summ": "a"}}), "sum"),
        (view(group_by=["carrier"], orders=[["-carier", "n"]]), "carrier"),
        (view(group_by=[{"field": "a", "bucket": "day", "time_zone": "Europe/Berln"}]), "Europe/Berlin"),
    ],
)
def test_an_unknown_word_is_refused_naming_the_nearest(body: Any, meant: str) -> None:
    assert f'did you mean "{meant}"?' in message(body)


def test_an_unknown_key_that_is_near_none_is_told_all() -> None:
    assert message({"zzz": 1}) == "unknown key; known are indexes, require_if_match, schema, unique, views"


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "$a",
        "a.$b",
        "a,b",
        "a\nb",
        "a\0b",
        "_meta",
        "_meta.version",
        "id.a",
        "x" * 1025,
    ],
)
def test_a_path_that_cannot_be_is_refused_wherever_it_stands(path: str) -> None:
    assert pointers({"indexes": [["a", f"-{path}"]]}) == ["/indexes/0/1"]
    assert pointers({"unique": [[path]]}) == ["/unique/0/0"]
    assert pointers(view(group_by=[{"field": path}])) == ["/views/v/group_by/0/field"]
    assert pointers(view(group_by=[path])) == ["/views/v/group_by/0"]
    assert pointers(view(measures={"m": {"sum": path}})) == ["/views/v/measures/m"]
    assert len(pointers(view(where={path: 1}))) == 1


@pytest.mark.parametrize(
    "path", ["a", "price$", "a b", "ä.ö", "id", "_meta.created_at", "_meta.updated_at", "_metadata"]
)
def test_a_path_that_can_be_is_indexed_both_ways(path: str) -> None:
    assert parse({"indexes": [[path], [f"-{path}"]]}).indexes == ((path,), (f"-{path}",))


@pytest.mark.parametrize("path", ["id", "_meta.created_at", "-a"])
def test_a_unique_set_has_no_direction_and_no_field_of_the_server(path: str) -> None:
    assert pointers({"unique": [[path]]}) == ["/unique/0/0"]


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"indexes": [["a"], ["b"], ["a"]]}, "/indexes/2"),
        ({"unique": [["a", "b"], ["b", "a"]]}, "/unique/1"),
        ({"indexes": [["a", "-a"]]}, "/indexes/0"),
        ({"unique": [["a", "a"]]}, "/unique/0"),
        (view(group_by=["a"], orders=[["a", "n"], ["n", "a"], ["a", "n"]]), "/views/v/orders/2"),
        (view(group_by=["a"], orders=[["a", "-a"]]), "/views/v/orders/0"),
        (view(group_by=["n"]), "/views/v/measures/n"),
        (view(group_by=["a", "a"]), "/views/v/group_by/1"),
        (view(group_by=["a", {"field": "b", "bucket": "day", "as": "a"}]), "/views/v/group_by/1"),
    ],
)
def test_what_is_there_twice_is_refused(body: Any, at: str) -> None:
    assert pointers(body) == [at]


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"indexes": [[f"f{n}"] for n in range(65)]}, "/indexes"),
        ({"indexes": [[f"f{n}" for n in range(9)]]}, "/indexes/0"),
        ({"indexes": [[]]}, "/indexes/0"),
        ({"unique": [[f"f{n}"] for n in range(17)]}, "/unique"),
        ({"views": {f"v{n}": {"measures": {"n": "count"}} for n in range(33)}}, "/views"),
        (view(measures={f"m{n}": "count" for n in range(17)}), "/views/v/measures"),
        (view(measures={}), "/views/v/measures"),
        (view(group_by=[f"f{n}" for n in range(9)]), "/views/v/group_by"),
        (view(where={f"f{n}": 1 for n in range(17)}), "/views/v/where"),
        (view(group_by=["a"], orders=[["n"]]), "/views/v/orders/0"),
        (view(group_by=["a"], orders=[[]]), "/views/v/orders/0"),
        (view(group_by=list("abcdefgh"), orders=[[*"abcdefgh", "n"]]), "/views/v/orders/0"),
        (
            view(
                group_by=list("abcdefgh"), orders=[["n", way + each] for each in "abcde" for way in ("", "-")]
            ),
            "/views/v/orders",
        ),
        (view(where={"a": {"in": list(range(101))}}), "/views/v/where/a/in"),
        (view(where={"a": {"in": []}}), "/views/v/where/a/in"),
        (view(where={"a": {}}), "/views/v/where/a"),
        ({"schema": {"title": "x" * MAX_BYTES}}, ""),
    ],
)
def test_a_limit_that_is_passed_is_told(body: Any, at: str) -> None:
    assert pointers(body) == [at]


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"require_if_match": "yes"}, "/require_if_match"),
        ({"require_if_match": 1}, "/require_if_match"),
        ({"indexes": "a"}, "/indexes"),
        ({"indexes": ["a"]}, "/indexes/0"),
        ({"indexes": [[1]]}, "/indexes/0/0"),
        ({"views": []}, "/views"),
        ({"views": {"Sales": {"measures": {"n": "count"}}}}, "/views/Sales"),
        ({"views": {"v": {}}}, "/views/v"),
        ({"views": {"v": 1}}, "/views/v"),
        (view(measures={"m": "sum"}), "/views/v/measures/m"),
        (view(measures={"m": {"sum": "a", "avg": "a"}}), "/views/v/measures/m"),
        (view(measures={"kind": {"kind": "sum", "field": "a"}}), "/views/v/measures/kind"),
        (view(measures={"a-b": "count"}), "/views/v/measures/a-b"),
        (view(group_by=[{"bucket": "day"}]), "/views/v/group_by/0"),
        (view(group_by=[{"field": "a", "bucket": "minute"}]), "/views/v/group_by/0/bucket"),
        (view(group_by=[{"field": "a", "time_zone": "UTC"}]), "/views/v/group_by/0"),
        (view(group_by=[{"field": "a", "bucket": "day", "as": "_x"}]), "/views/v/group_by/0/as"),
        (view(where={"a": [1]}), "/views/v/where/a"),
        (view(orders="n"), "/views/v/orders"),
        (view(orders=["n"]), "/views/v/orders/0"),
        (view(group_by=["a"], orders=[["a", 1]]), "/views/v/orders/0/1"),
        (view(group_by=["a"], orders=[["-n", "b"]]), "/views/v/orders/0/1"),
        (view(where={"a": {"prefix": 1}}), "/views/v/where/a/prefix"),
        (view(where={"a": {"exists": 1}}), "/views/v/where/a/exists"),
        (view(where={"a": {"in": "a,b"}}), "/views/v/where/a/in"),
        (view(where={"a": {"gt": {"$ne": 1}}}), "/views/v/where/a/gt"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_where_it_stands(body: Any, at: str) -> None:
    assert pointers(body) == [at]


@pytest.mark.parametrize(
    "zone", ["/etc/passwd", "../UTC", "America", "", "localtime", "UTC\0", "x" * 5000, "Mars/Base"]
)
def test_a_time_zone_that_is_none_is_refused(zone: str) -> None:
    body = view(group_by=[{"field": "a", "bucket": "day", "time_zone": zone}])
    assert pointers(body) == ["/views/v/group_by/0/time_zone"]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata", "Etc/GMT+5"])
def test_an_iana_time_zone_is_known(zone: str) -> None:
    assert parse(view(group_by=[{"field": "a", "bucket": "hour", "time_zone": zone}])).views["v"] is not None


def test_the_problems_of_all_parts_are_told_together() -> None:
    body = {
        "indexes": [["a"], ["a"], ["$b"], ["c", "c"]],
        "unique": [["id"]],
        "schema": {"type": "objekt", "properties": {"x": {"pattern": "(?=a)"}}},
        **view(group_by=["n", "$g"], where={"a": {"near": 1}}),
        "colour": "red",
    }
    assert sorted(pointers(body)) == [
        "/colour",
        "/indexes/1",
        "/indexes/2/0",
        "/indexes/3",
        "/schema/properties/x/pattern",
        "/schema/type",
        "/unique/0/0",
        "/views/v/group_by/1",
        "/views/v/measures/n",
        "/views/v/where/a/near",
    ]


def test_no_more_than_a_hundred_problems_are_told() -> None:
    assert len(pointers({f"k{n}": 1 for n in range(500)})) == 100


def test_problems_of_the_name_and_of_the_body_are_told_together() -> None:
    with pytest.raises(DeclarationInvalid) as refused:
        valid("Flights", {"indexs": []})
    assert [problem.pointer for problem in refused.value.problems] == ["", "/indexs"]


def test_a_declaration_is_held_to_the_limit_as_it_is_written() -> None:
    where = {"a": 1, "b": {"in": ["x" * 1000 + str(n) for n in range(100)]}}
    body = {
        "views": {name: {"measures": {"n": "count"}, "where": where} for name in "tuv"},
        "schema": {"title": ""},
    }
    body["schema"] = {"title": "x" * (MAX_BYTES - len(orjson.dumps(body)))}
    assert len(orjson.dumps(body)) == MAX_BYTES
    assert pointers(body) == [""]
    body["schema"] = {"title": "x" * (MAX_BYTES - len(parse({**body, "schema": {"title": ""}}).text()))}
    assert parse(orjson.loads(parse(body).text())).is_same(parse(body))
