"""One import into a deployment elsewhere, over HTTP, from the file's name to the summary."""

from typing import Any, NamedTuple
from uuid import uuid4

from app.importing.ahead import ahead
from app.importing.api import Api, Interrupted
from app.importing.cells import Cells
from app.importing.errors import RemoteAway, RemoteRefused
from app.importing.formats import open_source
from app.importing.job import ImportJob, expected
from app.importing.parts import parts
from app.importing.sending import Sending
from app.importing.summary import Summary
from app.progress import ProgressLine

FORBIDDEN, MISSING = 403, 404


class Remote(NamedTuple):
    """Where to import to. key: of an import that is to be gone on with; None: of a new one."""

    url: str
    token: str
    key: str | None


def run_remote(remote: Remote, job: ImportJob) -> Summary:
    """Import a file into a deployment elsewhere. Raises FileUnusable, RemoteAway, RemoteRefused."""
    source = open_source(job.file, job.format)
    api = Api(remote.url, remote.token)
    cells = Cells(_schema(api, job.collection) if source.format == "csv" else None, job.absent)
    key = remote.key or _key(job)
    sending = Sending(api, job.collection, id_field=job.id_field, on_conflict=job.on_conflict, key=key)
    summary = sending.summary
    with ProgressLine(job.collection, "documents") as progress:
        try:
            for part in ahead(parts(source, cells)):
                sending.send(part)
                progress.show(summary.read, expected(source, summary))
        except RemoteAway as away:
            away.stored, away.key = summary.stored, key
            raise
    return summary


def _key(job: ImportJob) -> str | None:
    """A new key; none where documents are replaced by their ids, which may as well be done twice.

    Under a key, what changes nothing leaves a commit all the same.
    """
    return None if job.on_conflict == "replace" and job.id_field is not None else str(uuid4())


def _schema(api: Api, collection: str) -> Any:
    """The schema that CSV is typed by; None where there is none."""
    try:
        return api.get(f"/v1/collections/{collection}").get("schema")
    except Interrupted as interruption:
        raise RemoteAway(api.url, str(interruption)) from None
    except RemoteRefused as refused:
        if refused.status == MISSING:
            return None
        if refused.status == FORBIDDEN:
            refused.detail = (
                "a CSV is typed by the collection's schema, which a token of the role admin can read"
            )
        raise
