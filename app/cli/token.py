"""`foldbase token`: print a token."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import typer

from app.cli.choices import choice
from app.cli.durations import duration
from app.cli.options import Data


class Role(StrEnum):
    """What a token allows: everything, or documents alone."""

    ADMIN = "admin"
    USER = "user"


def token(
    data: Data = None,
    role: Annotated[Role, choice(Role, "admin: everything; user: documents.")] = Role.ADMIN,
    sub: Annotated[str, typer.Option(help="Who the token is for; documents remember it.")] = "admin",
    ttl: Annotated[
        timedelta, typer.Option(parser=duration, metavar="TIME", help="How long it holds: 90s, 30m, 1h, 7d.")
    ] = "1h",  # type: ignore[assignment]
    scope: Annotated[
        str | None, typer.Option(help="Further rights, like metrics:read, with blanks between.")
    ] = None,
) -> None:
    """Print one token.

    It is a JWT, signed with the deployment's key; nothing else is printed.
    """
    from app.cli.deployment import signing_key
    from app.identity import tokens

    typer.echo(tokens.issue(signing_key(data), sub=sub, role=role.value, ttl=ttl, scope=scope))
