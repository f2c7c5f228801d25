"""The example's sample and its declared collection fit each other."""

import csv
import json

import jsonschema_rs

from benchmarks.flights import EXAMPLE, SAMPLE, documents
from catalog.parsing import parse


def test_every_flight_of_the_sample_fits_the_declared_schema() -> None:
    schema = json.loads((EXAMPLE / "collection.json").read_text())["schema"]
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)

    assert [flight for flight in documents(SAMPLE) if not validator.is_valid(flight)] == []


def test_the_schema_types_exactly_the_columns_of_the_sample() -> None:
    schema = json.loads((EXAMPLE / "collection.json").read_text())["schema"]
    with SAMPLE.open(newline="", encoding="utf-8") as lines:
        header = next(csv.reader(lines))

    assert list(schema["properties"]) == header


def test_the_declaration_can_be_declared_as_it_stands() -> None:
    declared = json.loads((EXAMPLE / "collection.json").read_text())

    assert parse(declared).body() == declared
