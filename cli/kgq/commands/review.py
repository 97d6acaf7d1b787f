"""``kgq review``: decide on suggested claims, one by one, by the keyboard."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from kgq.options import Session, examples, session_options
from kgq.projects import person, publish, the_project, with_option

if TYPE_CHECKING:
    from pathlib import Path

    from kg.corpus.reviewing import Sitting, Waiting
    from kg.corpus.suggestions import Suggestion
    from kgq.text import Page

__all__ = ["review"]

_KEYS = {"a": "accepted", "r": "rejected", "l": "later"}
_ASKED = "[a]ccept [e]dit [r]eject [l]ater [u]ndo [q]uit "


@click.command(
    epilog=examples(
        "kgq review                      every document, where it was left off",
        "kgq review letter",
        "kgq review letter --accept-sure   what was understood to the last word, without asking",
        "kgq review --log                what was decided, by whom and when",
    )
    + "\n\n\b\nKeys: a accept, e edit, r reject, l later, q quit. Every decision is kept at once."
    + "\n\n\b\nExit codes: 0 done, 3 unknown document, 4 cannot be published, 130 interrupted; nothing is lost."
)
@click.argument("document", required=False, metavar="[DOCUMENT]")
@click.option("--accept-sure", is_flag=True, help="Accept what is sure, and ask nothing.")
@click.option("--log", "logged", is_flag=True, help="Show what was decided, by whom and when.")
@click.option("--as", "by", metavar="NAME", help="Who decides; by default the user of this computer.")
@with_option
@session_options("text", "json")
def review(
    session: Session,
    *,
    document: str | None,
    accept_sure: bool,
    logged: bool,
    by: str | None,
    base: tuple[str, ...],
) -> int:
    """Accept, edit, reject or put off the claims that were suggested, each in its context.

    Accepted claims become rows of the document's claims.csv, are held to the same rules as rows written by hand,
    and are published to the store at the end. You can stop at any time and go on later.
    """
    from kg.corpus.reviewing import Sitting

    project = the_project(base)
    names = [project.folder(document).name] if document else project.names()
    if not names:
        raise click.UsageError("no documents here. Add one: kgq add FILE.")
    if logged:
        return _write_log(session, [project.folder(name) for name in names])
    if not accept_sure and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("review asks on a terminal, and there is none. Use --accept-sure.")
    sitting = Sitting(project, session.open(), by or person())
    left_off = sitting.unpublished()
    try:
        accepted = _accept_sure(session, sitting, names) if accept_sure else _Dialogue(session, sitting).run(names)
    except KeyboardInterrupt:
        session.say("every decision so far is kept. 'kgq review' goes on, and publishes what was accepted.")
        raise
    waiting = sum(len(sitting.queue(name)) for name in names)
    session.say(f"{accepted} accepted, {waiting} still to decide.")
    return 0 if not (accepted or left_off) or publish(session, project) else 4


def _write_log(session: Session, folders: list[Path]) -> int:
    """Write the decisions of some documents in the order in which they were made."""
    from kg.corpus.suggestions import read_suggestions
    from kgq.commands.suggest import candidate_text
    from kgq.output import width
    from kgq.text import Page

    decided = [(folder.name, item) for folder in folders for item in read_suggestions(folder).items if item.by]
    decided.sort(key=lambda pair: pair[1].at)
    if session.format == "json":
        session.write_json([{"document": name, **item.to_dict()} for name, item in decided])
        return 0
    page = Page(session.style, width())
    for name, item in decided:
        became = f" as {item.claim}" if item.claim else ""
        page.line(candidate_text(item.candidate), right=f"{item.state}{became}", hang=2)
        told = f"{name}, {item.at}, by {item.by}" + (f": {item.note}" if item.note else "")
        page.line(told, indent=2, hang=2, mark=page.style.dim)
    session.write(page.text() or "Nothing was decided yet.\n")
    return 0


def _accept_sure(session: Session, sitting: Sitting, names: list[str]) -> int:
    """Accept what is sure; what the checks refuse stays open, and is said."""
    from kg.errors import SourceError

    def accept(name: str, item: Suggestion, *, checked: bool) -> bool:
        try:
            sitting.decide(name, item, "accepted", "sure", checked=checked)
        except SourceError as error:
            session.say(f"left open: {error}")
            return False
        return True

    accepted = 0
    for name in names:
        sure = [item for item in sitting.queue(name) if item.candidate.sure]
        checked = bool(sure) and sitting.pass_together(name, sure)
        accepted += sum(accept(name, item, checked=checked) for item in sure)
    return accepted


class _Dialogue:
    """One claim after the other, until all are decided or somebody quits."""

    def __init__(self, session: Session, sitting: Sitting) -> None:
        self.session = session
        self.sitting = sitting
        self.accepted = 0
        self.last_accepted = False
        self.asked: set[str] = set()

    def run(self, names: list[str]) -> int:
        """Ask; return how many were accepted."""
        for name in names:
            while True:
                queue = [item for item in self.sitting.queue(name) if item.candidate.id not in self.asked]
                if not queue:
                    break
                self.asked.add(queue[0].candidate.id)
                title = f"{name} · {len(queue)} to decide"
                if not self._ask(name, queue[0], title):
                    return self.accepted
        return self.accepted

    def _ask(self, name: str, item: Suggestion, title: str) -> bool:
        """Ask about one claim until it is decided; False to quit. What is refused stays open."""
        from kg.errors import KgError

        while True:
            click.echo(self._shown(self.sitting.waiting(name, item), title))
            key = self._key()
            if key == "q":
                return False
            try:
                if key == "u":
                    self._take_back(item)
                    return True
                if key == "e":
                    item, title = self._edited(item), "edited"
                    continue
                decided = self.sitting.decide(name, item, _KEYS[key])
            except KgError as error:
                click.echo(f"not done: {error}")
                continue
            self.last_accepted = key == "a"
            self.accepted += self.last_accepted
            if decided.claim:
                click.echo(f"accepted as {decided.claim}.")
            return True

    def _take_back(self, item: Suggestion) -> None:
        """Take the last decision back, and ask about it and about what is shown now again."""
        back = self.sitting.take_back()
        self.accepted -= self.last_accepted
        self.asked -= {back.candidate.id, item.candidate.id}
        click.echo("taken back.")

    def _key(self) -> str:
        while True:
            click.echo(_ASKED, nl=False)
            key = click.getchar().lower()
            click.echo(key if key.isprintable() else "")
            if key in ("\x03", "\x04"):
                raise KeyboardInterrupt
            if key in ("q", "\x1b"):
                return "q"
            if key in ("e", "u", *_KEYS):
                return key

    def _shown(self, waiting: Waiting, title: str) -> str:
        from kgq.commands.suggest import candidate_text
        from kgq.output import width
        from kgq.text import Page

        candidate = waiting.item.candidate
        page = Page(self.session.style, width())
        page.line("─" * page.width, mark=page.style.dim)
        page.line(title, right="sure" if candidate.sure else "unsure", mark=page.style.dim)
        if candidate.heading:
            page.line(f"§ {candidate.heading}", mark=page.style.dim)
        page.line(f"{_cut(waiting.before, tail=True)} »{candidate.quote}« {_cut(waiting.after)}", indent=2)
        page.gap()
        page.line(candidate_text(candidate), hang=2, mark=page.style.bold)
        for reason in candidate.reasons:
            page.line(f"? {reason}", indent=2, hang=2)
        self._put_near(page, waiting)
        return page.text()

    def _put_near(self, page: Page, waiting: Waiting) -> None:
        """Add what says the same or nearly so, and whose words that are."""
        for claim in waiting.near:
            source = claim.labels.get(claim.document or "", "") or claim.kind
            name = " ".join(filter(None, (claim.identifier, source)))
            page.line(f"= {claim.text}", right=name, indent=2, hang=2, mark=page.style.dim)
        if waiting.same:
            more = f"{len(waiting.same)} more passage{'s' if len(waiting.same) > 1 else ''}"
            page.line(f"= {more} of this document say{'' if len(waiting.same) > 1 else 's'} the same", indent=2)

    def _edited(self, item: Suggestion) -> Suggestion:
        """Ask for each part; an empty line keeps it."""
        from kg.corpus.reviewing import EDITABLE, edited, parts

        before = parts(item.candidate)
        changes = {part: click.prompt(part, default=before[part]) for part in EDITABLE}
        return edited(self.sitting.graph, item, changes)


def _cut(text: str, *, tail: bool = False, size: int = 160) -> str:
    """Return the words of a text nearest to the quote, within its own paragraph."""
    part = text.rsplit("\n\n", 1)[-1] if tail else text.split("\n\n", 1)[0]
    if len(part) <= size:
        return part
    return "… " + part[-size:].split(" ", 1)[-1] if tail else part[:size].rsplit(" ", 1)[0] + " …"
