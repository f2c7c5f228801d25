"""One import, from the file's name to the summary."""

from typing import NamedTuple

from app.composition import deployment
from app.importing.cells import Cells
from app.importing.formats import Source, open_source, records
from app.importing.importer import Importer, Summary
from app.importing.storing import OnConflict, Storing
from app.progress import ProgressLine
from app.settings import Settings
from catalog.catalog import Catalog
from catalog.declared import Declared

ACTOR = "import"


class ImportJob(NamedTuple):
    """What to import, and how."""

    collection: str
    file: str
    id_field: str | None
    format: str | None
    absent: tuple[str, ...]
    on_conflict: OnConflict


async def run_import(settings: Settings, job: ImportJob) -> Summary:
    """Import a file into a deployment. Raises FileUnusable, CollectionMissing, LogUnavailable."""
    source = open_source(job.file, job.format)
    async with deployment(settings.model_copy(update={"state_cache": 0})) as built:
        declared = await _declared(built.catalog, job.collection, settings.auto_declare)
        schema = None if declared.schema is None else declared.schema.source
        storing = Storing(
            built.commands, declared, id_field=job.id_field, on_conflict=job.on_conflict, actor=ACTOR
        )
        with ProgressLine(job.collection, "documents") as progress:

            def tell(summary: Summary) -> None:
                if progress.due():
                    progress.show(summary.read, expected(source, summary))

            return await Importer(storing).run(records(source, Cells(schema, job.absent)), tell)


async def _declared(catalog: Catalog, name: str, make: bool) -> Declared:
    return await (catalog.auto_declare(name) if make else catalog.find(name))


def expected(source: Source, summary: Summary) -> float | None:
    """How many records there may be in all, judged by how far into the file we are."""
    so_far = source.read_so_far()
    return summary.read * source.size / so_far if source.size and so_far else None
