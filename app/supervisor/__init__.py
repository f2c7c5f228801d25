"""`foldbase up`: everything on one machine as plain processes, started again when they die."""

from app.supervisor.up import up

__all__ = ["up"]
