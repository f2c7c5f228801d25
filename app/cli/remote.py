"""Finding a deployment elsewhere: by `--url` and `--token`, or by the environment."""

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer

if TYPE_CHECKING:
    from app.importing.remote import Remote

URL, TOKEN = "FOLDBASE_URL", "FOLDBASE_TOKEN"


def remote_of(data: Path | None, url: str | None, token: str | None, key: str | None) -> "Remote | None":
    """Where a command is to go over HTTP; None where it is about a deployment on this machine.

    What is given wins over the environment; `data` names a deployment on this machine.
    Raises: typer.BadParameter.
    """
    from app.importing.remote import Remote

    if data is not None and url is not None:
        raise typer.BadParameter("--data and --url name two deployments; give one")
    if url is None and data is None:
        url = os.environ.get(URL) or None
    if url is None:
        if token is not None or key is not None:
            raise typer.BadParameter(f"--token and --key go with --url, or {URL}")
        return None
    if not _is_usable(url):
        raise typer.BadParameter(f"{url!r} is no address like https://example.com")
    token = token or os.environ.get(TOKEN)
    if not token:
        raise typer.BadParameter(f"a deployment elsewhere wants --token, or {TOKEN}")
    return Remote(url, token, key)


def _is_usable(url: str) -> bool:
    try:
        address = urlsplit(url)
        port = address.port
    except ValueError:
        return False
    is_plain = not (address.query or address.fragment or address.username)
    return address.scheme in ("http", "https") and bool(address.hostname) and is_plain and port != 0
