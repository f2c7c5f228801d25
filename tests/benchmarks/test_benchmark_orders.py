"""The orders that pages and counts are measured on, and what is asked of them."""

from typing import Any
from urllib.parse import parse_qs

from benchmarks import orders
from benchmarks.baselines import counting
from benchmarks.sizes import SMOKE
from tests.servers import fresh_mongod


def fitting(query: str, documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The documents that the conditions on customer and moment of a query string let through."""
    asked = parse_qs(query)
    [customer], [before] = asked["where[customer]"], asked.get("where[at][lt]", ["9"])
    return [each for each in documents if each["customer"] == customer and each["at"] < before]


def test_orders_are_the_same_every_time() -> None:
    assert list(orders.documents(100)) == list(orders.documents(100))


def test_an_order_has_an_id_and_six_fields() -> None:
    [order] = orders.documents(1)

    assert list(order) == ["id", "customer", "status", "total", "items", "express", "at"]


def test_orders_are_in_order_of_time_within_one_year() -> None:
    moments = [order["at"] for order in orders.documents(1000)]

    assert moments == sorted(moments)
    assert (moments[0], moments[-1][:10]) == ("2025-01-01T00:00:00Z", "2025-12-31")


def test_a_page_has_20_orders_and_a_next_one_even_at_the_smallest_size() -> None:
    documents = list(orders.documents(SMOKE[0]))
    queries = orders.pages_of_customers() + orders.pages_before_moments()[:200]

    assert min(len(fitting(query, documents)) for query in queries) > 20


def test_pages_before_moments_hardly_ever_repeat() -> None:
    queries = orders.pages_before_moments()

    assert len(set(queries)) > 0.99 * len(queries)


def test_filters_of_counts_fit_an_eighth_of_the_orders_on_average() -> None:
    documents, filters = list(orders.documents(2000)), orders.countings(200)
    found = sum(
        each["status"] == status and each["total"] >= least for status, least in filters for each in documents
    )

    assert 0.10 < found / len(filters) / len(documents) < 0.15


def test_mongodb_counts_the_orders_that_fit() -> None:
    documents, filters = list(orders.documents(1500)), orders.countings(8)
    expected = [
        sum(each["status"] == status and each["total"] >= least for each in documents)
        for status, least in filters
    ]
    asked = [{"status": status, "total": {"$gte": least}} for status, least in filters]
    with fresh_mongod() as mongod:
        counting.fill(mongod.url, orders.documents(1500), [("status", 1), ("total", -1)])

        assert counting.counts(mongod.url, asked) == expected
        assert counting.rate(mongod.url, asked, seconds=0.05) > 0
