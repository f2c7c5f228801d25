"""What the guard refuses with that Sanic has no exception for. All texts are fixed: no input is echoed."""

from sanic.exceptions import HTTPException


class HeadTooLarge(HTTPException):
    """431: the fields of the head exceed what a head may hold."""

    status_code = 431
    quiet = True


class VersionNotSupported(HTTPException):
    """505: a well-formed request line that speaks another HTTP than 1.0 or 1.1."""

    status_code = 505
    quiet = True
