"""Counts as people say them: one document, two documents."""


def counted(number: int, singular: str) -> str:
    """`1 document`, `2,000 documents`. singular: of a word that only takes an s."""
    return f"{number:,} {singular}" if number == 1 else f"{number:,} {singular}s"
