"""Documents come out of MongoDB's answers as the driver decodes them."""

import bson
import pytest
from hypothesis import given

from events.codec import AT_A_TIME, PLAIN, first_batch
from events.commit import JsonObject
from tests.events.json_values import objects


def answer(found: list[JsonObject]) -> bytes:
    return bson.encode({"cursor": {"firstBatch": found, "id": 0, "ns": "foldbase.commits"}, "ok": 1.0})


@pytest.mark.parametrize("count", [0, 1, AT_A_TIME - 1, AT_A_TIME, AT_A_TIME + 1, 10 * AT_A_TIME + 3])
def test_all_of_an_answer_comes_out_in_order(count: int) -> None:
    found = [{"_id": number, "events": [{"data": {"firstBatch": []}}]} for number in range(count)]
    assert list(first_batch(answer(found))) == found


@given(body=objects)
def test_a_document_comes_out_as_the_driver_decodes_it(body: JsonObject) -> None:
    raw = answer([body, {}, body])
    assert repr(list(first_batch(raw))) == repr(bson.decode(raw, PLAIN)["cursor"]["firstBatch"])


def test_what_comes_first_is_there_before_what_comes_last_is_looked_at() -> None:
    whole = answer([{"_id": number} for number in range(2 * AT_A_TIME)])
    cut = whole[: len(whole) // 2 + 200]
    documents = first_batch(cut)
    assert next(documents) == {"_id": 0}
