"""Options that look at a part of the graph, or at it under a scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph

__all__ = ["SCENARIOS", "View", "scenario_folder", "scenario_path", "take_view", "view_options"]

SCENARIOS = "scenarios"
"""The folder of what-if scenarios, beside ``kgq.toml`` or in the current folder."""


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: the claims of some documents or voices, or the graph under a scenario."""

    documents: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()
    as_of: str | None = None
    stated_only: bool = False
    scenario: str | None = None

    def __bool__(self) -> bool:
        return bool(self.documents or self.voices or self.as_of or self.stated_only or self.scenario)

    def of(self, graph: KnowledgeGraph) -> KnowledgeGraph:
        """Return the graph as this view shows it."""
        from kg.views.selection import Selection, select_claims

        selection = Selection(self.documents, self.voices, self.as_of, self.stated_only)
        seen = select_claims(graph, selection) if selection else graph
        return seen if self.scenario is None else under_scenario(seen, self.scenario).graph


def under_scenario(graph: KnowledgeGraph, name: str) -> Any:
    """Return the graph under a scenario: one of the user's, else one that a document describes.

    Raises:
        UnknownEntityError: there is none of this name.
    """
    from kg.errors import UnknownEntityError
    from kg.views.scenario import document_scenarios, suppose, suppose_described
    from kg.views.scenario_file import read_scenario

    path = scenario_path(name)
    if path.is_file():
        return suppose(graph, read_scenario(path))
    described = document_scenarios(graph)
    wanted = name.strip().casefold()
    for iri, label in described.items():
        if wanted in (iri.casefold(), label.casefold(), label.casefold().split()[-1]):
            return suppose_described(graph, iri)
    raise UnknownEntityError(
        name, [*described.values(), *(p.stem for p in sorted(path.parent.glob("*.yaml")))][:6]
    )


def scenario_folder() -> Path:
    """Return where scenarios are kept: a folder ``scenarios`` beside ``kgq.toml``, or here."""
    from kgq.settings import project_folder

    return project_folder() / SCENARIOS


def scenario_path(name: str) -> Path:
    """Return the file of a scenario, by its name or its path."""
    given = Path(name)
    if given.suffix in (".yaml", ".yml"):
        return given
    from kg.views.scenario_file import scenario_name

    try:
        return scenario_folder() / f"{scenario_name(name)}.yaml"
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def view_options(*, scenario: bool) -> list[Callable[[Any], Any]]:
    """Return the options of a view; those of scenarios where the command has none of its own."""
    found: list[Callable[[Any], Any]] = [
        click.option("--document", "documents", multiple=True, metavar="TITLE",
                     help="Only what this document states; repeatable."),
        click.option("--voice", "voices", multiple=True, metavar="NAME",
                     help="Only what this voice states; repeatable."),
        click.option("--as-of", metavar="DATE", callback=_date,
                     help="Only documents issued up to a date (2026, 2026-03, 2026-03-27)."),
        click.option("--stated-only", is_flag=True, help="Nothing inferred, nothing from the background."),
    ]  # fmt: skip
    if scenario:
        told = "As if a scenario held: one of yours, or one that a document describes."
        found.append(click.option("--scenario", "what_if", metavar="NAME", help=told))
    return found


def take_view(options: dict[str, Any]) -> View:
    """Take the options of a view out of a command's."""
    return View(
        documents=tuple(options.pop("documents", ())),
        voices=tuple(options.pop("voices", ())),
        as_of=options.pop("as_of", None),
        stated_only=options.pop("stated_only", False),
        scenario=options.pop("what_if", None),
    )


def _date(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    import re

    if value is not None and not re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", value):
        raise click.BadParameter(f"'{value}' is no date. Write 2026, 2026-03 or 2026-03-27.")
    return value
