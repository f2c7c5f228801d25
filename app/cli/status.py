"""`foldbase status`: whether a deployment is healthy, and how far its projections are."""

from datetime import timedelta

import typer

from app.cli.options import Data


def status(data: Data = None) -> None:
    """Say whether all is well.

    Tells how the API, the projectors and the projections are; exits with 0 when all is well, else with 1.
    """
    from app.asking import ask
    from app.cli.deployment import find, signing_key
    from app.cli.health import Health, show
    from app.identity import tokens
    from app.supervisor.listening import address_of

    settings = find(data)
    address = address_of(settings.host, settings.port)
    token = tokens.issue(signing_key(data), sub="status", role="admin", ttl=timedelta(minutes=1))
    ready = ask(address, "/health/ready")
    report = ask(address, "/v1/projections", token=token, timeout=10.0) if ready.status else ready
    health = Health(address, ready, report)
    show(health)
    raise typer.Exit(0 if health.good else 1)
