"""``kgq suggest``: candidate claims of a document, with their quotes; nothing enters the graph by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kgq.options import Session, examples, session_options
from kgq.projects import the_project, with_option

if TYPE_CHECKING:
    from kg.corpus.project import Project
    from kg.corpus.suggestions import Suggestion, Suggestions
    from kg.knowledge_graph import KnowledgeGraph
    from kg.suggesting.candidates import Candidate
    from kgq.text import Page

__all__ = ["candidate_text", "put_suggestion", "suggest"]


@click.command(
    epilog=examples(
        "kgq suggest letter",
        "kgq suggest letter --sure",
        "kgq suggest letter --format jsonl",
        "kgq suggest letter --skipped",
        "kgq suggest letter --llm",
        "kgq suggest letter --quarantine",
    )
    + "\n\n\b\nExit codes: 0 something was suggested, 1 nothing was, 3 unknown document."
)
@click.argument("document", metavar="DOCUMENT")
@click.option("--sure", is_flag=True, help="Only what was understood to the last word, in one way.")
@click.option("--skipped", is_flag=True, help="What suggested nothing, and why.")
@click.option("--llm", is_flag=True, help="Ask a language model, too (KGQ_LLM_URL); the same checks decide.")
@click.option("--quarantine", is_flag=True, help="What a language model proposed and the checks refused, and why.")
@with_option
@session_options("text", "json", "jsonl")
def suggest(
    session: Session,
    *,
    document: str,
    sure: bool,
    skipped: bool,
    llm: bool,
    quarantine: bool,
    base: tuple[str, ...],
) -> int:
    """Read a document for claims: by the names of the graph, the verbs of its lexicon, and a careful grammar.

    What is ambiguous or only half understood is shown as such, with the reason. 'kgq review' decides.
    """
    import json

    from kg.corpus.suggestions import suggest_claims

    project = the_project(base)
    if quarantine and not llm:
        return _quarantined(session, project, document)
    found = (
        _with_model(session, project, document)
        if llm
        else suggest_claims(project, document, _graph(session, project))
    )
    if skipped:
        return _skipped(session, found)
    items = [item for item in found.items if item.candidate.sure or not sure]
    if session.format == "json":
        session.write_json([item.to_dict() for item in items])
    elif session.format == "jsonl":
        session.write("".join(json.dumps(item.to_dict(), ensure_ascii=False) + "\n" for item in items))
    else:
        session.write(_text(session, items))
    count = sum(item.candidate.sure for item in items)
    waiting = sum(item.state in ("open", "later") for item in items)
    session.say(
        f"{len(items)} candidates, {count} sure, {waiting} to decide. Next: kgq review {found.folder.name}"
    )
    if found.skipped:
        told = f"{len(found.skipped)} of {found.passages} passages suggested nothing"
        session.say(f"{told}. See: kgq suggest {found.folder.name} --skipped")
    return 0 if items else 1


def _skipped(session: Session, found: Suggestions) -> int:
    """Show what suggested nothing, the commonest reason first."""
    import json
    from collections import Counter

    from kg.suggesting.skipped import REASONS

    reasons = Counter(passage.reason for passage in found.skipped)
    passages = [passage.to_dict() for passage in found.skipped]
    if session.format == "json":
        session.write_json({"passages": found.passages, "reasons": dict(reasons), "skipped": passages})
    elif session.format == "jsonl":
        session.write("".join(json.dumps(passage, ensure_ascii=False) + "\n" for passage in passages))
    else:
        page = _page(session)
        for reason, count in reasons.most_common():
            page.line(f"{REASONS[reason]}: {count}", mark=page.style.bold)
            for passage in found.skipped:
                if passage.reason == reason:
                    page.line(f"“{' '.join(passage.quote.split())}”", indent=2, hang=1)
        session.write(page.text())
    session.say(f"{len(found.skipped)} of {found.passages} passages suggested nothing")
    return 0


def _graph(session: Session, project: Project) -> KnowledgeGraph:
    from kg.corpus.suggestions import graph_to_read_with

    graph = session.open()
    found = graph_to_read_with(project, graph)
    if found is not graph:
        session.say("no claims here yet: read with the terms of kgq and the names in documents/*/entities.csv.")
    return found


def _with_model(session: Session, project: Project, document: str) -> Suggestions:
    from kg.errors import SourceError
    from kg.language_model.claim_proposals import suggest_with_model
    from kg.language_model.proposals import LanguageModel

    model = LanguageModel.from_environment()
    if model is None:
        raise SourceError("KGQ_LLM_URL is not set. Give the base URL of a language model, or leave --llm out.")
    found, refused = suggest_with_model(project, document, _graph(session, project), model)
    if refused:
        session.say(f"{len(refused)} proposals of {model.model} refused. See: kgq suggest {document} --quarantine")
    return found


def _quarantined(session: Session, project: Project, document: str) -> int:
    """Show what was refused, each with the reason."""
    import json

    from kg.language_model.claim_proposals import read_quarantine

    entries = read_quarantine(project.folder(document))
    if session.format == "json":
        session.write_json(entries)
    elif session.format == "jsonl":
        session.write("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries))
    else:
        lines = (f"{e['reason']}: {json.dumps(e['proposal'], ensure_ascii=False)}\n" for e in entries)
        session.write("".join(lines))
    session.say(f"{len(entries)} proposals in quarantine")
    return 0 if entries else 1


def _text(session: Session, items: list[Suggestion]) -> str:
    page = _page(session)
    for item in items:
        put_suggestion(page, item)
    return page.text()


def _page(session: Session) -> Page:
    from kgq.output import width
    from kgq.text import Page

    return Page(session.style, width())


def put_suggestion(page: Page, item: Suggestion) -> None:
    """Add a suggestion: the claim, how sure it is and why not, the quote."""
    candidate = item.candidate
    state = "" if item.state == "open" else f", {item.state}"
    page.line(candidate_text(candidate), right=("sure" if candidate.sure else "unsure") + state, hang=2,
              mark=page.style.bold)  # fmt: skip
    page.line(f"“{' '.join(candidate.quote.split())}”", indent=2, hang=1)
    if candidate.heading and candidate.subject.text.casefold() not in candidate.quote.casefold():
        page.line(f"§ {candidate.heading}", indent=2, hang=2, mark=page.style.dim)
    if candidate.also:
        page.line(f"said in {len(candidate.also)} more passages", indent=2, mark=page.style.dim)
    for reason in candidate.reasons:
        page.line(f"? {reason}", indent=2, hang=2, mark=page.style.dim)


def candidate_text(candidate: Candidate) -> str:
    """Return a candidate as a sentence of its parts, what denies or limits it included.

    >>> from kg.suggesting.candidates import Candidate, Name
    >>> names = Name("Oracle"), "http://e/leases", Name("halls")
    >>> candidate_text(Candidate("1", *names, None, "negative", "asserted", "", 0, 0))
    'Oracle · not leases · halls'
    """
    from kg.terms import local_name
    from kg.vocabulary.words import split_name

    verb = split_name(local_name(candidate.predicate))
    end = candidate.object.text if candidate.object is not None else candidate.value or ""
    denied = "not " if candidate.polarity == "negative" else ""
    notes = [candidate.modality] if candidate.modality != "asserted" else []
    notes += [words for every in candidate.qualifiers.values() for words in every]
    return f"{candidate.subject.text} · {denied}{verb} · {end}" + (f" ({'; '.join(notes)})" if notes else "")
