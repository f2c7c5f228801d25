"""What the harness reads: wrk's report, the head of an answer, the watcher's lines, the flights' cells."""

import os
from pathlib import Path

import pytest

from benchmarks import cores
from benchmarks.connection import parse_head
from benchmarks.errors import LoadFailed
from benchmarks.flights import SAMPLE, documents, first, readers, rows
from benchmarks.load import Load, parse
from benchmarks.openloop import Write
from benchmarks.report import number
from benchmarks.scenarios.lag import Delay, delays
from benchmarks.watching import Moved
from benchmarks.watching import parse as parse_move

CLEAN = """Running 3s test @ http://127.0.0.1:39441
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     5.22ms    1.09ms  31.02ms   93.05%
    Req/Sec    12.41k     0.91k   13.34k    83.33%
  37221 requests in 3.00s, 17.43MB read
Requests/sec:  12406.99
Transfer/sec:      5.81MB
"""
FAILING = CLEAN.replace(
    "Requests/sec",
    "  Socket errors: connect 1, read 2, write 0, timeout 4\n  Non-2xx or 3xx responses: 13\nRequests/sec",
)


def test_the_rate_and_the_requests_are_read_out_of_wrks_report() -> None:
    assert parse(CLEAN) == Load(requests=37_221, failed=0, rate=12_406.99)


def test_every_kind_of_failure_in_wrks_report_is_counted() -> None:
    assert parse(FAILING).failed == 1 + 2 + 0 + 4 + 13


def test_output_without_a_rate_is_a_failure_that_shows_it() -> None:
    with pytest.raises(LoadFailed, match="unable to connect"):
        parse("unable to connect to 127.0.0.1:1 Connection refused")


def test_the_head_of_an_answer_is_split_into_status_and_headers() -> None:
    head = b"HTTP/1.1 201 Created\r\nFold-Position: 812\r\nLocation: /v1/a:b\r\n\r\n"

    assert parse_head(head) == (201, {"fold-position": "812", "location": "/v1/a:b"})


def test_a_write_is_visible_at_the_first_move_that_reached_it() -> None:
    moves = [parse_move(b"1.0 10"), Moved(2.0, 12), Moved(3.0, 15)]
    written = [Write(11, sent=0.5, acknowledged=1.5), Write(12, 0.5, 1.75), Write(13, 0.5, 3.5)]

    assert delays(written, moves) == [Delay(1.5, 0.5), Delay(1.5, 0.25), Delay(2.5, 0.0)]


def test_cells_become_the_types_of_the_schema() -> None:
    read = readers({"properties": {name: {"type": name} for name in ("integer", "number", "string")}})

    assert [read[name]("007") for name in ("integer", "number", "string")] == [7, 7.0, "007"]


def test_the_sample_holds_2000_flights_and_leaves_empty_cells_out() -> None:
    flights = list(documents(SAMPLE))

    assert len(flights) == rows(SAMPLE) == 2000
    assert flights[0]["carrier"] == "UA"
    assert any("dep_time" not in flight for flight in flights)


def test_the_first_flights_are_the_first_lines_of_the_file(tmp_path: Path) -> None:
    file = first(SAMPLE, 10, tmp_path)

    assert SAMPLE.read_text().startswith(file.read_text())
    assert rows(file) == 10
    assert first(SAMPLE, 2000, tmp_path) == SAMPLE


def test_idle_and_waiting_ticks_are_read_out_of_proc_stat() -> None:
    stat = "cpu  100 1 50 800 40 0 5 4 77 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n"

    assert cores.parse(stat) == (840, 1000)


async def test_no_more_cores_are_free_than_there_are() -> None:
    assert 0 <= await cores.free() <= (os.cpu_count() or 1)


async def test_a_measurement_waits_until_nearly_all_cores_are_free_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    every = float(os.cpu_count() or 1)
    told = iter([0.0, every / 2, every, 0.0])

    async def free() -> float:
        return next(told)

    monkeypatch.setattr(cores, "free", free)
    assert await cores.rested() == every
    monkeypatch.setattr(cores, "PATIENCE", 0.0)
    assert await cores.rested() == 0.0


@pytest.mark.parametrize(("figure", "text"), [(12_406.99, "12,407"), (27.14, "27.1"), (0.8349, "0.83")])
def test_figures_are_written_with_the_digits_that_mean_something(figure: float, text: str) -> None:
    assert number(figure) == text
