"""Reading queries: addresses and bodies say the same, values have types, nonsense is refused."""

from typing import Any

import pytest

from catalog.declared import Condition, IndexField
from queries.errors import ParameterUnknown, QueryInvalid
from queries.language import from_body
from queries.parameters import from_query_string
from queries.query import Query
from queries.texts import texts_of

SCHEMA = {
    "properties": {
        "number": {"type": "integer"},
        "name": {"type": "string"},
        "sku": {"type": ["string"]},
        "either": {"type": ["string", "number"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "size": {"enum": ["1", "2"]},
        "customer": {"$ref": "#/$defs/customer"},
        "loop": {"$ref": "#/properties/loop"},
        "odd": True,
    },
    "$defs": {"customer": {"properties": {"zip": {"type": "string"}, "age": {"type": "number"}}}},
}
IS_TEXT = texts_of(SCHEMA)


def read(text: str) -> Query:
    return from_query_string(text, IS_TEXT)


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("n", "10", 10),
        ("n", "-0.5e1", -5.0),
        ("n", "1.0", 1.0),
        ("n", '"10"', "10"),
        ("n", "ten", "ten"),
        ("n", "true", True),
        ("n", "null", None),
        ("n", '"null"', "null"),
        ("n", "True", "True"),
        ("n", "", ""),
        ("n", "010", "010"),
        ("n", "+1", " 1"),
        ("n", "%2B1", "+1"),
        ("n", "NaN", "NaN"),
        ("n", "0x1", "0x1"),
        ("n", '"open', '"open'),
        ("n", "{}", "{}"),
        ("n", "[1]", "[1]"),
        ("n", "9223372036854775807", 2**63 - 1),
        ("n", "1e300", 1e300),
        ("n", "gr%C3%BC%C3%9F", "grüß"),
        ("number", "10", 10),
        ("number", "ten", "ten"),
        ("name", "10", "10"),
        ("name", "null", "null"),
        ("name", '"10"', "10"),
        ("sku", "10", "10"),
        ("either", "10", 10),
        ("tags", "10", "10"),
        ("size", "1", "1"),
        ("customer.zip", "10115", "10115"),
        ("customer.age", "10", 10),
        ("loop", "10", 10),
        ("loop.on", "10", 10),
        ("odd", "10", 10),
        ("odd.er", "10", 10),
        ("id", "10", "10"),
        ("_meta.created_at", "2026", "2026"),
        ("_meta.version", "1", 1),
    ],
)
def test_a_value_in_an_address_has_the_type_that_it_looks_like_and_the_schema_says(
    path: str, text: str, value: Any
) -> None:
    [condition] = read(f"where[{path}]={text}").where
    assert condition == Condition(path, "eq", value)
    assert type(condition.value) is type(value)


@pytest.mark.parametrize(
    ("path", "text", "values"),
    [
        ("n", "1,two,true", (1, "two", True)),
        ("n", '[1,"a,b",null]', (1, "a,b", None)),
        ("n", "", ()),
        ("n", "[]", ()),
        ("name", "1,2", ("1", "2")),
        ("name", '["1",2]', ("1", 2)),
    ],
)
def test_in_takes_values_with_commas_or_an_array(path: str, text: str, values: tuple[Any, ...]) -> None:
    [condition] = read(f"where[{path}][in]={text}").where
    assert condition == Condition(path, "in", values)


def test_an_address_and_a_body_say_the_same() -> None:
    address = read(
        "where[status]=paid&where[total][gte]=10&where[total][lt]=20&where[a][in]=1,2&where[b][exists]=false"
        "&where[c][prefix]=10&sort=-placed_at,customer.id&limit=7&cursor=abc&count=true&fields=a,b.c&explain=true"
    )
    body = {
        "where": {
            "status": "paid",
            "total": {"gte": 10, "lt": 20},
            "a": {"in": [1, 2]},
            "b": {"exists": False},
            "c": {"prefix": "10"},
        },
        "sort": ["-placed_at", "customer.id"],
        "limit": 7,
        "cursor": "abc",
        "count": True,
        "fields": ["a", "b.c"],
        "explain": True,
    }
    assert address == from_body(body)
    assert address.identity == from_body(body).identity
    assert address.sort == (IndexField("placed_at", True), IndexField("customer.id", False))


def test_what_says_nothing_asks_for_nothing() -> None:
    assert (
        from_body({})
        == read("")
        == read("&&")
        == from_body(dict.fromkeys(("where", "cursor", "sort")))
        == Query()
    )


def test_brackets_may_be_percent_encoded_and_stand_in_names() -> None:
    assert read("where%5Ba%5D%5Bgt%5D=1").where == (Condition("a", "gt", 1),)
    assert read("where[a[0]]=1").where == (Condition("a[0]", "eq", 1),)
    assert read("where[a[b]][gte]=1").where == (Condition("a[b]", "gte", 1),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("where[a][ge]=1", "did you mean 'gte'?"),
        ("where[a][GT]=1", "did you mean 'gt'?"),
        ("where[a][like]=1", "there are: eq, in, lt, lte, gt, gte, prefix, exists"),
        ("where[customer][id]=1", "customer.id"),
        ("where[customer][id][gt]=1", "with a dot: customer.id"),
        ("where[a][b][c][in]=1", "with a dot: a.b.c"),
        ("where=1", "written where[FIELD]=VALUE"),
        ("where[a=1", "written where[FIELD]=VALUE"),
        ("where[a]gt=1", "written where[FIELD]=VALUE"),
        ("where.a=1", "or where[FIELD][OPERATOR]=VALUE"),
        ("where[]=1", "empty segment"),
        ("where[a..b]=1", "empty segment"),
        ("where[$a]=1", "begins with $"),
        ("where[_meta.owner]=1", "of _meta there is"),
        ("where[_meta]=1", "of _meta there is"),
        ("where[id.x]=1", "an id has no fields"),
        ("where[a][exists]=1", "true or false"),
        ("where[a][in]=[1", "no JSON array"),
        ("where[a][in]=[[1]]", "in takes strings"),
        ("where[a][in]=" + "1," * 100 + "1", "at most 100"),
        ("where[a]=9223372036854775808", "outside int64"),
        ("where[a]=1e400", "outside int64 and double"),
        ("where[a][in]=[9223372036854775808]", "outside int64"),
        ("where[a]=1&where[a]=2", "more than once"),
        ("&".join(f"where[a{n}]=1" for n in range(33)), "at most 32 conditions"),
        ("&".join(f"where[a{n}]=1" for n in range(133)), "at most 100 parameters"),
        ("where[a]=%ff", "UTF-8"),
        ("sort=", "empty segment"),
        ("sort=a,a", "twice"),
        ("sort=a,-a", "twice"),
        ("sort=--a", "begins with -"),
        ("sort=a,b,c,d,e,f,g,h,i", "at most 8"),
        ("limit=0", "1 to 1000"),
        ("limit=1001", "1 to 1000"),
        ("count=1", "true or false"),
        ("count=", "true or false"),
        ("explain=yes", "true or false"),
        ("fields=", "empty segment"),
        ("fields=a,a", "twice"),
    ],
)
def test_what_makes_no_sense_in_an_address_is_refused(text: str, told: str) -> None:
    with pytest.raises(QueryInvalid) as refused:
        read(text)
    assert told in str(refused.value)


@pytest.mark.parametrize("text", ["filter=a", "where[a]]=1&x", "Limit=1", "["])
def test_an_unknown_parameter_is_refused(text: str) -> None:
    with pytest.raises(ParameterUnknown):
        read(text)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ([], "must be a JSON object"),
        (None, "must be a JSON object"),
        ({"where": []}, "is an object"),
        ({"where": {"a": {}}}, "names no operator"),
        ({"where": {"a": {"ge": 1}}}, "did you mean 'gte'?"),
        ({"where": {"customer": {"id": 1}}}, "customer.id"),
        ({"where": {"a": [1]}}, "is compared with"),
        ({"where": {"a": {"gt": {}}}}, "is compared with"),
        ({"where": {"a": {"in": 1}}}, "takes an array"),
        ({"where": {"a": {"in": [[]]}}}, "in takes strings"),
        ({"where": {"a": {"prefix": 1}}}, "a prefix is a string"),
        ({"where": {"a": {"exists": None}}}, "true or false"),
        ({"where": {"": 1}}, "empty segment"),
        ({"sort": "a"}, "array of paths"),
        ({"sort": [1]}, "array of paths"),
        ({"limit": "20"}, "1 to 1000"),
        ({"limit": True}, "1 to 1000"),
        ({"limit": 1.0}, "1 to 1000"),
        ({"limit": 0}, "1 to 1000"),
        ({"cursor": 1}, "as `next` gave it"),
        ({"count": 1}, "true or false"),
        ({"fields": {}}, "array of paths"),
        ({"explain": "true"}, "true or false"),
    ],
)
def test_what_makes_no_sense_in_a_body_is_refused(body: Any, told: str) -> None:
    with pytest.raises(QueryInvalid) as refused:
        from_body(body)
    assert told in str(refused.value)


def test_an_unknown_member_of_a_body_is_refused_with_the_nearest_known() -> None:
    with pytest.raises(ParameterUnknown, match="did you mean 'where'"):
        from_body({"were": {}})


def test_one_identity_is_one_filter_and_order_whatever_the_page() -> None:
    same = [
        read("where[a]=1&where[b]=2"),
        read("where[b]=2&where[a]=1&limit=3&count=true&fields=a&explain=true"),
    ]
    texts = (
        "",
        "where[a]=1",
        'where[a]="1"&where[b]=2',
        "where[a]=true&where[b]=2",
        "where[a][gte]=1&where[b]=2",
        "where[a]=1&where[b]=2&sort=a",
        "where[a]=1&where[b]=2&sort=-a",
    )
    others = [read(text) for text in texts]
    assert same[0].identity == same[1].identity == same[0].at("next").identity
    assert len({query.identity for query in (same[0], *others)}) == len(others) + 1
