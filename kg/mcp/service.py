"""A call from end to end: arguments checked, a worker asked, the result cut to pages. No protocol is here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kg.mcp.budgets import clip_text, measure, take
from kg.mcp.settings import Settings
from kg.mcp.shelf import Kept, Shelf
from kg.mcp.texts import tell
from kg.mcp.tools import checked
from kg.mcp.workers import Workers

__all__ = ["Service"]


class Service:
    """Answers calls, resources and completions from one graph.

    Args:
        settings: what the operator said.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.workers = Workers(settings)
        self._shelf = Shelf()

    async def call(self, name: str, arguments: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        """Return a page of what a tool found, as data and as text.

        Raises:
            KgError: it cannot be; the message is for the model.
        """
        given = checked(name, arguments)
        cursor, limit = given.pop("cursor", None), given.pop("limit", self.settings.rows)
        call = (name, json.dumps(given, sort_keys=True))
        if cursor is None:
            head, sections = await self.workers.call(name, given)
            kept, place = Kept(call, head, sections, measure([head, sections])), 0
        else:
            kept, place = self._shelf.get(cursor, call)
        page = take(kept.head, kept.sections, place, rows=limit, size=self.settings.size)
        if page.following is not None:
            follow = self._shelf.put(kept, page.following) if cursor is None else cursor
            page.content["cursor"] = self._shelf.move(follow, page.following)
        return page.content, clip_text(tell(name, page.content, place), self.settings.size)

    async def look_up(self, verb: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what no tool gives by itself: the documents, or completions of a beginning."""
        head, sections = await self.workers.call(verb, given)
        return take(head, sections, 0, rows=1000, size=self.settings.size).content

    async def close(self) -> None:
        """End every worker."""
        await self.workers.close()
