"""What a program does with the client that openapi-python-client makes. Fails where an answer is amiss."""

import sys
from http import HTTPStatus

from orders_client import AuthenticatedClient
from orders_client.api.orders import (
    orders_by_status_page,
    orders_create,
    orders_page,
    orders_patch,
    orders_put,
    orders_query_post,
    orders_read,
)
from orders_client.models import (
    Orders,
    OrdersBody,
    OrdersBodyStatus,
    OrdersByStatusPage,
    OrdersCustomer,
    OrdersPage,
    OrdersPatch,
    OrdersPatchStatus,
    OrdersStatus,
    Problem,
    WholeQuery,
)

ORDER = OrdersBody(
    id="o1", number=1, status=OrdersBodyStatus.PAID, total=9.5, customer=OrdersCustomer(email="ada@example.org")
)


def main(client: AuthenticatedClient) -> None:
    """Create, read back, list, change, and be refused."""
    created = orders_create.sync_detailed(client=client, body=ORDER)
    assert created.status_code is HTTPStatus.CREATED
    assert isinstance(created.parsed, Orders)
    seen = created.headers["Fold-Position"]
    read = orders_read.sync("o1", client=client, fold_after=seen)
    assert isinstance(read, Orders)
    assert (read.status, read.customer.email, read.field_meta.version) == (
        OrdersStatus.PAID,
        "ada@example.org",
        1,
    )
    listing(client)
    patch = OrdersPatch(status=OrdersPatchStatus.SHIPPED)
    changed = orders_patch.sync("o1", client=client, body=patch, if_match='"1"')
    assert isinstance(changed, Orders)
    assert (changed.status, changed.field_meta.version) == (OrdersStatus.SHIPPED, 2)
    back = orders_put.sync("o1", client=client, body=OrdersBody.from_dict(changed.to_dict()))
    assert back == changed
    refused(client)


def listing(client: AuthenticatedClient) -> None:
    """By parameters, by a body, and of a view."""
    page = orders_page.sync(client=client, wherestatus="paid", wheretotalgte=9, sort="-total", count=True)
    assert isinstance(page, OrdersPage)
    assert ([order.number for order in page.items], page.count, page.next_) == ([1], 1, None)
    asked = orders_query_post.sync(client=client, body=WholeQuery.from_dict({"where": {"total": {"gt": 10}}}))
    assert isinstance(asked, OrdersPage)
    assert asked.items == []
    rows = orders_by_status_page.sync(client=client, whereorders=1)
    assert isinstance(rows, OrdersByStatusPage)
    assert [row.to_dict() for row in rows.items] == [{"status": "paid", "orders": 1, "total": 9.5}]


def refused(client: AuthenticatedClient) -> None:
    """Problems are answers like others."""
    late = orders_patch.sync("o1", client=client, body=OrdersPatch(), if_match='"1"')
    assert isinstance(late, Problem)
    assert (late.type_, late.status, late.version) == ("/problems/version-conflict", 412, 2)
    gone = orders_read.sync("o2", client=client)
    assert isinstance(gone, Problem)
    assert gone.type_ == "/problems/document-missing"


url, token = sys.argv[1:]
main(AuthenticatedClient(base_url=url, token=token))
