"""Importing a file into a deployment that this process has at hand."""

from app.composition import deployment
from app.importing.cells import Cells
from app.importing.formats import open_source, records
from app.importing.importer import Importer
from app.importing.job import ImportJob, expected
from app.importing.storing import Storing
from app.importing.summary import Summary
from app.progress import ProgressLine
from app.settings import Settings
from catalog.catalog import Catalog
from catalog.declared import Declared

ACTOR = "import"


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
