"""What a program does with the part of the client that is the same for all collections."""

import sys
from http import HTTPStatus

from orders_client import AuthenticatedClient
from orders_client.api.documents import document_create, document_put
from orders_client.models import Document, DocumentBody


def main(client: AuthenticatedClient) -> None:
    """Create and replace, and prefer little to be answered."""
    body = DocumentBody.from_dict({"id": "n1", "text": "a note"})
    made = document_create.sync_detailed("notes", client=client, body=body, prefer="return=minimal")
    assert made.status_code is HTTPStatus.CREATED
    assert isinstance(made.parsed, Document)
    assert (made.parsed.id, made.parsed.field_meta.version) == ("n1", 1)
    assert made.parsed.additional_properties == {}
    other = DocumentBody.from_dict({"text": "another"})
    replaced = document_put.sync_detailed("notes", "n1", client=client, body=other, prefer="return=minimal")
    assert (replaced.status_code, replaced.content) == (HTTPStatus.NO_CONTENT, b"")


url, token = sys.argv[1:]
main(AuthenticatedClient(base_url=url, token=token))
