"""What `foldbase up` prints when it is ready."""

from pathlib import Path


def greeting(address: str, token: str, folder: Path) -> str:
    """The address, the docs, and two lines to paste: the first writes a document, the second reads it."""
    document = f"{address}/v1/documents/notes/hello"
    bearer = f"-H 'Authorization: Bearer {token}'"
    json = "-H 'Content-Type: application/json'"
    return "\n".join(
        (
            f"foldbase is ready at {address}",
            f"documentation:      {address}/docs",
            f"data and logs:      {folder}",
            "",
            "Write a document, then read it back:",
            "",
            f"""curl -X PUT {document} {bearer} {json} -d '{{"text": "Hello!"}}'""",
            f"curl {document} {bearer}",
            "",
            "Ctrl-C stops everything; the data stays.",
        )
    )
