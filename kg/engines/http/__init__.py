"""How kgq speaks HTTP to an endpoint: bounded in time and size, retried where that is safe, never trusting."""

from __future__ import annotations

from kg.engines.http.body import Body
from kg.engines.http.client import Client
from kg.engines.http.settings import Endpoint

__all__ = ["Body", "Client", "Endpoint"]
