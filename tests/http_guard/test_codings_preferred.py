"""Accept-Encoding: which coding an answer has, away from any socket."""

import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from sanic.compat import Header

from app.http.coding import GZIP, INLINE, ZSTD, Coding, coding_for

PREFERRED = {
    "": None,
    "gzip": "gzip",
    "x-gzip": "gzip",
    "GZip": "gzip",
    "zstd": "zstd",
    "gzip, deflate, br, zstd": "zstd",
    "gzip, deflate, br": "gzip",
    "gzip;q=1.0, zstd;q=0.5": "gzip",
    "gzip ; q=0.5 , zstd; q=0.501": "zstd",
    "*": "zstd",
    "*;q=0.1, zstd;q=0": "gzip",
    "gzip;q=0, *": "zstd",
    "*;q=0": None,
    "gzip;q=0": None,
    "br": None,
    "identity": None,
    "identity;q=0": None,
    "identity;q=0, gzip;q=0.001": "gzip",
    "identity, gzip;q=0.5": None,
    "gzip, identity;q=0.5": "gzip",
    "gzip, identity": "gzip",
    "gzip;q=2": None,
    "gzip;q=": None,
    "gzip;level=9": None,
    "g zip, zstd": "zstd",
    ",,;q=1,": None,
}


@pytest.mark.parametrize("accepted", PREFERRED)
def test_the_coding_is_the_one_that_the_client_weighs_most(accepted: str) -> None:
    coding = coding_for(Header({"accept-encoding": accepted}))
    assert (coding.name if coding else None) == PREFERRED[accepted]


def test_several_lines_are_one_list() -> None:
    lines = Header([("accept-encoding", "gzip;q=0.5"), ("accept-encoding", "zstd;q=0.1")])
    assert coding_for(lines) is GZIP
    assert coding_for(Header()) is None


@given(st.text(max_size=40))
def test_nothing_that_is_accepted_is_a_fault(accepted: str) -> None:
    assert coding_for(Header({"accept-encoding": accepted})) in (None, GZIP, ZSTD)


@pytest.mark.parametrize("size", [0, 1, INLINE, INLINE + 1])
@pytest.mark.parametrize("coding", [GZIP, ZSTD], ids=["gzip", "zstd"])
async def test_a_coded_body_is_the_body(coding: Coding, size: int) -> None:
    body = (b"foldbase " * (size // 9 + 1))[:size]
    coded = await coding.coded(body)
    if coding is GZIP:
        assert zlib.decompress(coded, wbits=31) == body
    else:
        assert zstandard.ZstdDecompressor().decompressobj().decompress(coded) == body
