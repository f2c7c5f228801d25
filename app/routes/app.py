"""The type of our Sanic application."""

from types import SimpleNamespace
from typing import TypeAlias

from sanic import Sanic
from sanic.config import Config

App: TypeAlias = Sanic[Config, SimpleNamespace]
