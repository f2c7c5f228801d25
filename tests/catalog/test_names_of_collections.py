"""Which names a collection can have."""

import pytest

from catalog.errors import DeclarationInvalid
from catalog.parsing import valid


@pytest.mark.parametrize(
    "name", ["", "$where", "Flights", "_own", "a.b", "a" * 64, "a\0", "flights\n", "1a", "ä"]
)
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(DeclarationInvalid, match="is no collection name"):
        valid(name, {})


@pytest.mark.parametrize("name", ["batch", "query", "rebuild", "foldbase"])
def test_a_reserved_name_is_refused(name: str) -> None:
    with pytest.raises(DeclarationInvalid, match="is reserved"):
        valid(name, {})


@pytest.mark.parametrize("name", ["a", "a" * 63, "order_lines_2", "batches"])
def test_a_name_that_can_be_is_accepted(name: str) -> None:
    assert valid(name, {"require_if_match": True}).require_if_match
