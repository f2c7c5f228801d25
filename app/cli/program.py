"""The commands by name."""

import typer

from app.cli.api import api
from app.cli.export import export
from app.cli.importing import import_
from app.cli.parked import parked
from app.cli.projections import projections
from app.cli.projector import projector
from app.cli.rebuild import rebuild
from app.cli.status import status
from app.cli.token import token
from app.cli.up import up

program = typer.Typer(
    name="foldbase",
    help="A document backend whose source of truth is an append-only event log.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (up, status, token, export, rebuild, api, projector):
    program.command()(command)
program.command("import")(import_)
program.add_typer(projections, name="projections")
program.add_typer(parked, name="parked")
