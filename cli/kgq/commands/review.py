"""``kgq review``: decide on suggested claims, one by one, by the keyboard."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import click

from kgq.options import Session, examples, session_options
from kgq.projects import person, publish, the_project, with_option

if TYPE_CHECKING:
    from kg.corpus.suggestions import Suggestion, Suggestions
    from kg.knowledge_graph import KnowledgeGraph

__all__ = ["review"]

_KEYS = {"a": "accepted", "r": "rejected", "l": "later", "e": "edit", "q": "quit"}
_CONTEXT = 160


@click.command(
    epilog=examples(
        "kgq review                      every document, where it was left off",
        "kgq review letter",
        "kgq review letter --accept-sure   what was understood to the last word, without asking",
    )
    + "\n\n\b\nKeys: a accept, e edit, r reject, l later, q quit. Every decision is kept at once."
)
@click.argument("document", required=False, metavar="[DOCUMENT]")
@click.option("--accept-sure", is_flag=True, help="Accept what is sure, and ask nothing.")
@click.option("--as", "by", metavar="NAME", help="Who decides; by default the user of this computer.")
@with_option
@session_options("text")
def review(
    session: Session, *, document: str | None, accept_sure: bool, by: str | None, base: tuple[str, ...]
) -> int:
    """Accept, edit, reject or put off the claims that were suggested, each in its context.

    Accepted claims become rows of the document's claims.csv, are held to the same rules as rows written by hand,
    and are published to the store at the end. You can stop at any time and go on later.
    """
    from kg.corpus.suggestions import read_suggestions, suggest_claims

    project = the_project(base)
    graph = session.open()
    names = [project.folder(document).name] if document else project.names()
    decider = by or person()
    accepted = 0
    for name in names:
        found = suggest_claims(project, name, graph)
        accepted += _accept_sure(found, decider) if accept_sure else 0
        if not accept_sure:
            count, go_on = _Dialogue(session, graph, found, decider).run()
            accepted += count
            if not go_on:
                break
    waiting = sum(len(read_suggestions(project.folder(name)).waiting()) for name in names)
    session.say(f"{accepted} accepted, {waiting} still to decide.")
    return 0 if not accepted or publish(session, project) else 4


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _accept_sure(found: Suggestions, by: str) -> int:
    sure = [item for item in found.waiting() if item.candidate.sure]
    for item in sure:
        found.decide(item, "accepted", by=by, at=_now(), note="sure")
    return len(sure)


class _Dialogue:
    """One document's suggestions, asked one after the other."""

    def __init__(self, session: Session, graph: KnowledgeGraph, found: Suggestions, by: str) -> None:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise click.UsageError(
                "review asks on a terminal, and there is none. Use --accept-sure, or edit claims.csv."
            )
        self.session = session
        self.graph = graph
        self.found = found
        self.by = by
        self.text = (found.folder / "text.txt").read_text("utf-8")

    def run(self) -> tuple[int, bool]:
        """Ask until all is decided or somebody quits; return how many were accepted, and whether to go on."""
        accepted = 0
        waiting = self.found.waiting()
        for n, suggested in enumerate(waiting, 1):
            item = suggested
            click.echo(self._shown(item, f"{self.found.folder.name} · {n} of {len(waiting)}"))
            key = self._key()
            while key == "e":
                item = self._edited(item)
                click.echo(self._shown(item, "edited"))
                key = self._key()
            if key == "q":
                return accepted, False
            self.found.decide(item, _KEYS[key], by=self.by, at=_now())
            accepted += key == "a"
        return accepted, True

    def _key(self) -> str:
        while True:
            click.echo("[a]ccept [e]dit [r]eject [l]ater [q]uit ", nl=False)
            key = click.getchar().lower()
            click.echo(key if key.isprintable() else "")
            if key in ("\x03", "\x04", "\x1b"):
                raise KeyboardInterrupt
            if key in _KEYS:
                return key

    def _shown(self, item: Suggestion, title: str) -> str:
        from kgq.commands.suggest import candidate_text
        from kgq.output import width
        from kgq.text import Page

        candidate = item.candidate
        page = Page(self.session.style, width())
        page.gap()
        page.line(title, right="sure" if candidate.sure else "unsure", mark=page.style.dim)
        before = self.text[max(0, candidate.start - _CONTEXT) : candidate.start]
        after = self.text[candidate.end : candidate.end + _CONTEXT]
        page.line(f"…{before}»{candidate.quote}«{after}…", indent=2, mark=page.style.dim)
        page.line(candidate_text(candidate), hang=2, mark=page.style.bold)
        for reason in candidate.reasons:
            page.line(f"? {reason}", indent=2, hang=2)
        for text in self._near(item):
            page.line(f"= {text}", indent=2, hang=2, mark=page.style.dim)
        return page.text()

    def _near(self, item: Suggestion) -> list[str]:
        """Return existing claims of the same subject and property."""
        from kg.claims import ClaimReader

        candidate = item.candidate
        if candidate.subject.iri is None:
            return []
        reader = ClaimReader(self.graph.dataset, self.session.lang)
        found = reader.matching(subject=candidate.subject.iri, predicate=candidate.predicate, limit=3)
        return [claim.text for claim in found]

    def _edited(self, item: Suggestion) -> Suggestion:
        """Ask for each part; an empty line keeps it."""
        from kg.suggesting.candidates import Name

        candidate = item.candidate
        subject = click.prompt("subject", default=candidate.subject.text)
        predicate = click.prompt("predicate", default=candidate.predicate.rsplit("#", 1)[-1])
        end = click.prompt("object", default=candidate.object.text if candidate.object else candidate.value or "")
        polarity = click.prompt(
            "polarity", default=candidate.polarity, type=click.Choice(["positive", "negative"])
        )
        modality = click.prompt("modality", default=candidate.modality)

        def name(text: str, old: Name | None) -> Name:
            from kg.errors import AmbiguousNameError, UnknownEntityError

            if old is not None and text == old.text:
                return old
            try:
                entity = self.graph.find(text)
            except (UnknownEntityError, AmbiguousNameError):
                return Name(text, None, old.class_ if old is not None else None)
            return Name(entity.label, entity.iri)

        same = predicate == candidate.predicate.rsplit("#", 1)[-1]
        edited = replace(
            candidate,
            subject=name(subject, candidate.subject),
            predicate=candidate.predicate if same else self.graph.find(predicate).iri,
            object=name(end, candidate.object) if candidate.object is not None else None,
            value=end if candidate.object is None else None,
            polarity=polarity,
            modality=modality,
        )
        return replace(item, candidate=edited)
