"""The command `foldbase`. Every error it raises on purpose is one line on standard error and exit code 1."""

import sys


def main() -> None:
    """Run the command line of this process. Exits with 0, with 1 when it failed, with 2 when used wrongly."""
    from app.cli.program import program
    from catalog.errors import CatalogError
    from events.errors import FoldbaseError

    try:
        program()
    except (FoldbaseError, CatalogError) as error:
        print(f"foldbase: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(1)
