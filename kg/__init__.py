"""kgq's library: a knowledge graph that can be cited, and asked in English."""

from __future__ import annotations
