"""The example's sample and its declared collection fit each other."""

import csv
import json
from pathlib import Path

import jsonschema_rs

from benchmarks.flights import EXAMPLE, SAMPLE, documents, many
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


def test_more_flights_than_there_are_come_again_in_the_years_after(tmp_path: Path) -> None:
    flights = list(documents(SAMPLE))
    grown = list(documents(many(SAMPLE, 4500, tmp_path)))

    assert len(grown) == 4500
    assert grown[:2000] == flights
    for later, again in ((1, grown[2000:4000]), (2, grown[4000:])):
        for flight, moved in zip(flights, again, strict=False):
            hour = f"{int(flight['time_hour'][:4]) + later}{flight['time_hour'][4:]}"
            assert moved == {**flight, "year": flight["year"] + later, "time_hour": hour}


def test_no_more_flights_than_there_are_is_a_part_of_them(tmp_path: Path) -> None:
    assert list(documents(many(SAMPLE, 1500, tmp_path))) == list(documents(SAMPLE))[:1500]
    assert many(SAMPLE, 2000, tmp_path) == SAMPLE
