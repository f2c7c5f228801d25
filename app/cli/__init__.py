"""The command `foldbase`. Every error it raises on purpose is one line on standard error and exit code 1."""


def main() -> None:
    """Run the command line of this process. Exits with 0, with 1 when it failed, with 2 when used wrongly."""
    from app.cli.program import program
    from app.telling import told

    with told():
        program()
