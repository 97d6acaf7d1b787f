"""Pages of the documentation that are made of the code: commands, JSON, vocabulary.

``python -m docs.generate`` writes them; a test holds them against what the code gives now.
"""

from __future__ import annotations

from pathlib import Path

from docs.generate.commands import commands_page
from docs.generate.schemas import schemas_page
from docs.generate.vocabulary import diagrams, vocabulary_page

__all__ = ["DOCS", "generated"]

DOCS = Path(__file__).parents[1]


def generated() -> dict[Path, str]:
    """Return what every generated file should hold."""
    pages = {
        "reference/cli.md": commands_page(),
        "reference/json.md": schemas_page(DOCS),
        "reference/ontology.md": vocabulary_page(),
        **{f"images/{name}.svg": picture for name, picture in diagrams().items()},
    }
    return {DOCS / name: text for name, text in pages.items()}
