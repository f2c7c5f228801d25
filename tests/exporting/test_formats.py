"""Files read back by the tools they are for: each value as it was, with its type where there are types."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exporting import arrow
from app.exporting.arrow import TableWriter
from app.exporting.columns import Columns
from app.exporting.declared import declared_columns
from app.exporting.formats import Writer, format_of
from app.exporting.found import Found
from app.exporting.records import DocumentRecord
from app.exporting.text import CsvWriter, LineWriter
from events.document import Birth, Present
from events.position import Position, Version
from tests.exporting.files import cells, lines, present, table

Object = dict[str, Any]

AT = datetime(2026, 11, 22, 9, 29, 0, 125000, tzinfo=UTC)
MIXED: list[Object] = [
    {"n": 1, "x": 1, "any": "a", "tags": ["a", 1], "c": {"d": True}},
    {"n": None, "x": 0.1, "any": 5, "tags": [], "c": {"e": "\u2028"}, "wide": 2**63 - 1},
    {"n": -(2**63), "any": {"deep": [None]}, "c": {}, "a.b": "dots", "_rest": "taken"},
    {},
]
SCHEMA = {
    "properties": {
        "n": {"type": "integer"},
        "at": {"type": "string", "format": "date-time"},
        "day": {"type": "string", "format": "date"},
        "customer": {"type": "object", "properties": {"country": {"type": "string"}}},
        "tags": {"type": "array"},
    }
}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    ["", " ", '"', ",", "\r\n", "\r", "\n", "=1+1", "a,b", 'a"b', "\ufeff", "\0"]
)


@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_table_holds_mixed_kinds_as_json_text_and_others_as_themselves(format: str) -> None:
    found = table(_written(TableWriter(_found(MIXED), format), MIXED))
    first, second, third, last = (_own(present(row)) for row in found.to_pylist())
    assert first == {"n": 1, "x": 1.0, "any": '"a"', "tags": '["a",1]', "c.d": True}
    assert second == {"x": 0.1, "any": "5", "tags": "[]", "c.e": "\u2028", "wide": 2**63 - 1}
    assert third == {"n": -(2**63), "any": '{"deep":[null]}', "/a.b": "dots", "/_rest": "taken"}
    assert last == {}


@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_table_has_the_types_that_the_schema_says(format: str) -> None:
    columns = declared_columns(SCHEMA)
    assert columns is not None
    bodies: list[Object] = [
        {"n": 1, "at": "2013-01-01T05:00:00.5-05:00", "day": "2013-01-01", "customer": {"country": "DE"}},
        {"n": "many", "at": "2013-01-01T23:59:60Z", "day": "soon", "customer": None, "tags": [1], "more": 1},
    ]
    found = table(_written(TableWriter(columns, format), bodies))
    types = {field.name: field.type for field in found.schema}
    assert (types["n"], types["at"], types["day"]) == (pa.int64(), pa.timestamp("us", tz="UTC"), pa.date32())
    assert (types["customer.country"], types["tags"], types["_rest"]) == (pa.string(),) * 3
    first, second = (_own(present(row)) for row in found.to_pylist())
    assert first == {
        "n": 1,
        "at": datetime(2013, 1, 1, 10, 0, 0, 500000, tzinfo=UTC),
        "day": date(2013, 1, 1),
        "customer.country": "DE",
    }
    assert second.pop("tags") == "[1]"
    assert json.loads(second.pop("_rest")) == {
        "n": "many",
        "at": "2013-01-01T23:59:60Z",
        "day": "soon",
        "more": 1,
    }
    assert second == {}


@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_what_the_server_knows_of_a_document_is_in_the_table(format: str) -> None:
    [row] = table(_written(TableWriter(_found([{}]), format), [{}])).to_pylist()
    assert present(row) == {
        "id": "o0",
        "_meta.version": 1,
        "_meta.position": 100,
        "_meta.created_at": AT,
        "_meta.updated_at": AT,
        "_meta.updated_by": "user:ada",
    }


@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_table_in_many_groups_is_one_table(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow, "BATCH_BYTES", 500)
    monkeypatch.setattr(arrow, "GROUP_ROWS", 10)
    bodies: list[Object] = [{"n": n} for n in range(100)]
    writer = TableWriter(_found(bodies), format)
    parts = [writer.write([_record(n, body)]) for n, body in enumerate(bodies)]
    assert len([part for part in parts if part]) > 5
    assert table(b"".join(parts) + writer.end())["n"].to_pylist() == list(range(100))


@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_table_of_nothing_can_be_read(format: str) -> None:
    assert table(_written(TableWriter(_found([]), format), [])).num_rows == 0


@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_table_that_was_cut_off_is_no_table(format: str) -> None:
    whole = _written(TableWriter(_found(MIXED), format), MIXED)
    for end in (len(whole) - 1, len(whole) // 2):
        with pytest.raises(pa.ArrowInvalid):
            table(whole[:end])


@given(st.lists(TEXTS, max_size=4), st.sampled_from(["name", "a,b", '"', "=x"]))
def test_csv_gives_every_text_back(texts: list[str], name: str) -> None:
    bodies: list[Object] = [{name: text} for text in texts]
    found = cells(_written(CsvWriter(_found(bodies)), bodies))
    assert [row[name] for row in found] == texts


def test_csv_writes_numbers_as_json_does_and_nothing_as_nothing() -> None:
    bodies: list[Object] = [{"x": 1e300, "t": ""}, {"x": -0.0, "b": False}, {"x": 2**53, "b": None}]
    file = _written(CsvWriter(_found(bodies)), bodies).decode()
    rows = [line.split(",")[1:4] for line in file.split("\r\n")[:-1]]
    assert rows == [["x", "t", "b"], ["1e+300", '""', ""], ["-0.0", "", "false"], ["9007199254740992", "", ""]]


def test_csv_of_nothing_is_a_line_of_names() -> None:
    assert _written(CsvWriter(_found([])), []).startswith(b"id,_meta.version,")
    assert cells(_written(CsvWriter(_found([])), [])) == []


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-1", "@x", "\t=1", "\r=1", '=HYPERLINK("x","y")'])
def test_text_that_could_be_a_formula_is_exact_unless_it_is_to_be_defused(text: str) -> None:
    bodies: list[Object] = [{"t": text, text: "a"}]
    [exact] = cells(_written(CsvWriter(_found(bodies)), bodies))
    [defused] = cells(_written(CsvWriter(_found(bodies), defused=True), bodies))
    assert (exact["t"], exact[text]) == (text, "a")
    assert (defused["t"], defused[f"'{text}"]) == (f"'{text}", "a")


def test_defusing_leaves_numbers_alone() -> None:
    bodies: list[Object] = [{"n": -1, "x": -0.5}]
    [row] = cells(_written(CsvWriter(_found(bodies), defused=True), bodies))
    assert (row["n"], row["x"]) == ("-1", "-0.5")


def test_ndjson_has_a_document_a_line() -> None:
    bodies: list[Object] = [{"t": "a\nb"}, {"t": "\u2028"}]
    assert [line["t"] for line in lines(_written(LineWriter(), bodies))] == ["a\nb", "\u2028"]


@pytest.mark.parametrize(
    ("name", "format"),
    [("a.csv", "csv"), ("A.CSV", "csv"), ("a.jsonl", "ndjson"), ("a.feather", "arrow"), ("a.csv.gz", None)],
)
def test_format_is_told_by_the_name_of_the_file(name: str, format: str | None) -> None:
    found = format_of(name)
    assert (found and found.name) == format


def _written(writer: Writer, bodies: list[Object]) -> bytes:
    return writer.write([_record(n, body) for n, body in enumerate(bodies)]) + writer.end()


def _record(number: int, body: Object) -> DocumentRecord:
    place = Position(100 + number)
    return DocumentRecord(f"o{number}", Present(body, Version(1), place, Birth(AT, place), AT, "user:ada"))


def _found(bodies: list[Object]) -> Columns:
    found = Found()
    for body in bodies:
        found.look(body)
    return found.columns()


def _own(row: Object) -> Object:
    return {name: value for name, value in row.items() if name != "id" and not name.startswith("_meta.")}
