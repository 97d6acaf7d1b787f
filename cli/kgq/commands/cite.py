"""``kgq cite``: references for a claim or an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kgq.options import Session, examples, read_text, session_options

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph
    from kg.results import Claim

__all__ = ["cite"]


@click.command(
    epilog=examples(
        "kgq cite F090",
        'kgq cite "who bears capex risk" --format bibtex -o sources.bib',
        'kgq query --format json "who bears capex risk" | kgq cite - --format markdown',
    )
    + "\n\n\b\nExit codes: 0 cited, 1 the question has no answer to cite, 3 no such claim."
)
@click.argument("what", nargs=-1, required=True, metavar="CLAIM... | QUESTION | -")
@session_options("footnote", "markdown", "bibtex", "json", view=True, scenario=True)
def cite(session: Session, *, what: tuple[str, ...]) -> int:
    """Write references with the verbatim quote and its place.

    CLAIM is an identifier such as F090, a CURIE or an IRI, and may be repeated. A question in quotes cites the
    claims its answer rests on; - reads an answer object from standard input.
    """
    graph = session.open()
    claims = _claims(graph, what)
    if not claims:
        session.say("there is no claim to cite. Ask 'kgq query' what the graph says.")
        return 1
    if session.format == "json":
        styles = ("footnote", "markdown", "bibtex")
        session.write_json(
            [{"claim": claim.iri, **{s: graph.cite([claim], s) for s in styles}} for claim in claims]
        )
    else:
        session.write(graph.cite(claims, session.format) + "\n")
    return 0


def _claims(graph: KnowledgeGraph, what: tuple[str, ...]) -> list[Claim]:
    if what == ("-",):
        return _of_answer(graph, read_text("-"))
    if len(what) == 1 and (" " in what[0].strip() or what[0].strip().endswith("?")):
        from kg.formats.citation import claims_of

        return claims_of(graph.dataset, graph.query(what[0]))
    return [graph.explain(name) for name in what]


def _of_answer(graph: KnowledgeGraph, text: str) -> list[Claim]:
    import json

    from kg.claims import ClaimReader
    from kg.errors import SourceError

    try:
        answer = json.loads(text)
        iris = [iri for row in answer["rows"] for iri in row["claims"]]
    except (ValueError, KeyError, TypeError) as error:
        message = "not an answer object. Pipe in the output of 'kgq query --format json'."
        raise SourceError(message, path="standard input") from error
    return ClaimReader(graph.dataset, graph.lang).many(map(str, iris))
