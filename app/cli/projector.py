"""`foldbase projector`: one projector."""

from typing import Annotated

import typer

from app.starting import plainly


def projector(
    check: Annotated[
        bool,
        typer.Option("--check", help="Only tell, by the exit code, whether this machine's projector lives."),
    ] = False,
) -> None:
    """Keep projections up to date.

    They are those of the deployment that the FOLDBASE_ settings describe. Run any number.
    """
    from app.settings import Settings

    settings = Settings.load()
    if check:
        from app.cli.projector_check import heard_of_lately

        raise typer.Exit(0 if heard_of_lately(settings) else 1)
    with plainly():
        from app.projecting import run_projector

    run_projector(settings)
