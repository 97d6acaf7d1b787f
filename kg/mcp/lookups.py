"""What each tool looks up, made in a worker: what stands above the result, and its items by section."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kg.errors import KgError, UnknownEntityError
from kg.mcp.finding import Finder
from kg.mcp.querying import query
from kg.results import Claim
from kg.terms import lexical

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph
    from kg.lookup.overview import Overview, Term

__all__ = ["Desk", "Found"]

Found = tuple[dict[str, Any], dict[str, list[Any]]]
"""The head of a result, and its items by section."""

_DOCUMENTS = """SELECT DISTINCT ?document ?title ?issued ?sha256 ?points (COUNT(DISTINCT ?claim) AS ?claims) {
  ?claim kgq:inDocument ?document ; kgq:claimPredicate ?p .
  OPTIONAL { ?document dcterms:title ?title } OPTIONAL { ?document dcterms:issued ?issued }
  OPTIONAL { ?document kgq:sha256 ?sha256 } OPTIONAL { ?document kgq:codePoints ?points }
} GROUP BY ?document ?title ?issued ?sha256 ?points ORDER BY ?document"""
_PASSAGES = "SELECT DISTINCT ?claim ?quote { ?claim kgq:hasEvidence/oa:hasSelector/oa:exact ?quote }"
_IDENTIFIERS = """SELECT DISTINCT ?id { ?claim kgq:claimPredicate ?p ; dcterms:identifier ?id
  FILTER(STRSTARTS(LCASE(?id), %s)) } ORDER BY ?id LIMIT 100"""
_CLAIM_PATTERN = """SELECT ?subject ?object ?quote {
  ?claim kgq:claimSubject ?subject ; kgq:claimPredicate PROPERTY ; kgq:claimObject ?object .
  OPTIONAL { ?claim kgq:hasEvidence/oa:hasSelector/oa:exact ?quote }
}"""
_CLAIM_NOTE = (
    "Facts are claims: a claim node has kgq:claimSubject, kgq:claimPredicate, kgq:claimObject or kgq:claimValue, "
    "kgq:polarity, kgq:modality, kgq:inScenario and kgq:hasEvidence. Query claims, not direct triples; properties "
    "below go in place of PROPERTY."
)
_PLAIN_NOTE = "Facts are direct triples. Quotes are not recorded in this graph: cite the triples."
_SEEN = 5_000


class Desk:
    """Answers the tools from one graph.

    >>> from kg import open_graph
    >>> head, sections = Desk(open_graph()).answer("explain", {"claim": "F090"})
    >>> head["claim"]["text"]
    'hyperscalers bear capex risk'
    """

    def __init__(self, graph: KnowledgeGraph) -> None:
        self.graph = graph
        self._finder = Finder(graph)

    def answer(self, verb: str, given: Mapping[str, Any]) -> Found:
        """Return what a tool looked up.

        Raises:
            KgError: it cannot be; the message says why.
        """
        return _VERBS[verb](self, given)

    def prepare(self, given: Mapping[str, Any]) -> Found:
        """Read or build the vocabulary, so that the first question need not wait for it."""
        del given
        _ = self.graph.vocabulary.index.words()
        return {}, {}

    def ask(self, given: Mapping[str, Any]) -> Found:
        """Answer a question in English."""
        found = self.graph.query(given["question"], include=given["include"])
        reading = given.get("reading")
        if reading is not None:
            if reading >= len(found.readings):
                many = len(found.readings)
                raise KgError(
                    f"there is no reading {reading}: "
                    + (f"the readings are 0 to {many - 1}." if many else "the question has one meaning only.")
                    + " Leave 'reading' out, or choose one that ask offered."
                )
            found = self.graph.choose(found, reading)
        head = found.to_dict()
        return head, {"rows": head.pop("rows"), "related": head.pop("related")}

    def find_entity(self, given: Mapping[str, Any]) -> Found:
        """Look a name up."""
        kinds = (given["kind"],) if given.get("kind") else ("entity", "class", "property")
        found = self._finder.candidates(given["name"], kinds=kinds)
        return {"name": given["name"]}, {"candidates": [candidate.to_dict() for candidate in found]}

    def describe(self, given: Mapping[str, Any]) -> Found:
        """Gather what is said of a thing."""
        from kg.lookup.pages import describe

        entity = self._finder.resolve(given["entity"])
        page = describe(self.graph.dataset, self.graph.names, entity, lang=self.graph.lang, limit=_SEEN).to_dict()
        sections = {
            "claims": [claim for group in page.pop("claims") for claim in group],
            "mentions": [claim for group in page.pop("mentions") for claim in group],
            **{name: page.pop(name) for name in ("properties", "references", "instances")},
        }
        return page, sections

    def path(self, given: Mapping[str, Any]) -> Found:
        """Find the shortest ways between two things."""
        from kg.network.nearby import network_between

        start, end = self._finder.resolve(given["from"]), self._finder.resolve(given["to"])
        directed = given.get("directed", False)
        network = network_between(
            self.graph.dataset,
            self.graph.names.label,
            start.iri,
            end.iri,
            include=given["include"],
            directed=directed,
        )
        ways = network.paths(start.iri, end.iri, directed=directed, limit=50)
        paths = [{**way.to_dict(), "labels": [network.label(iri) for iri in way.entities]} for way in ways]
        return {"from": start.to_dict(), "to": end.to_dict()}, {"paths": paths}

    def compare(self, given: Mapping[str, Any]) -> Found:
        """Lay two things side by side."""
        from kg.network.comparison import compare
        from kg.network.nearby import network_about

        first, second = self._finder.resolve(given["first"]), self._finder.resolve(given["second"])
        network = network_about(
            self.graph.dataset, self.graph.names.label, (first.iri, second.iri), include=given["include"]
        )
        found = compare(network, first.iri, second.iri)
        rows = [
            {**row.to_dict(), "relation_label": network.label(row.relation), "end_label": network.label(row.end)}
            for row in found.rows
        ]
        sections = {"rows": rows, "between": [claim.to_dict() for claim in found.between]}
        return {"first": first.to_dict(), "second": second.to_dict()}, sections

    def explain(self, given: Mapping[str, Any]) -> Found:
        """Trace a claim to its quotes."""
        return {"claim": self._claim(given["claim"]).to_dict()}, {}

    def _claim(self, name: str) -> Claim:
        if not self.graph.dataset.has_claims:
            raise KgError(
                "this graph has no claims, so nothing to explain. Use 'describe' or 'sparql' for its triples."
            )
        return self.graph.explain(name)

    def evidence(self, given: Mapping[str, Any]) -> Found:
        """Return quotes with their places: of a claim, of a thing, or with words in them."""
        named = [name for name in ("claim", "entity", "words") if given.get(name)]
        if len(named) != 1:
            raise KgError("say what the quotes are wanted for: one of 'claim', 'entity' or 'words'.")
        if not self.graph.dataset.has_claims:
            raise KgError("this graph records no quotes. Use 'describe' or 'sparql' for its triples.")
        quotes: dict[tuple[str, int, int], dict[str, Any]] = {}
        for claim in self._quoted(named[0], given[named[0]]):
            for evidence in claim.quotes:
                key = (evidence.document, evidence.start, evidence.end)
                quote = quotes.setdefault(key, {**evidence.to_dict(), "claims": []})
                quote["claims"].append({"iri": claim.iri, "id": claim.identifier, "text": claim.text})
        documents = [document for document in self._documents if document["document"] in {k[0] for k in quotes}]
        return {"documents": documents}, {"quotes": list(quotes.values())}

    def _quoted(self, kind: str, name: str) -> list[Claim]:
        from kg.claims import ClaimReader

        if kind == "claim":
            return [self._claim(name)]
        reader = ClaimReader(self.graph.dataset, self.graph.lang)
        if kind == "entity":
            return reader.matching(mentioning=self._finder.resolve(name).iri)
        from kg.vocabulary.words import stems

        wanted = set(stems(name))
        scored = [(len(wanted & words), iri) for words, iri in self._passages]
        best = max((score for score, _ in scored), default=0)
        return reader.many(iri for score, iri in scored if score and score == best)

    @cached_property
    def _passages(self) -> list[tuple[frozenset[str], str]]:
        """The words of every quote with its claim, read once."""
        from kg.vocabulary.words import stems

        rows = self.graph.dataset.select(_PASSAGES).rows
        return sorted(
            ((frozenset(stems(lexical(quote))), lexical(claim)) for claim, quote in rows), key=lambda p: p[1]
        )

    def sparql(self, given: Mapping[str, Any]) -> Found:
        """Evaluate a query."""
        return query(self.graph.dataset, given["query"])

    @cached_property
    def _overview(self) -> Overview:
        return self.graph.overview()

    def schema(self, given: Mapping[str, Any]) -> Found:
        """Tell what can be asked."""
        seen = self._overview.about(given["about"]) if given.get("about") else self._overview
        full = given.get("detail", "names") == "full"
        claims = self.graph.dataset.has_claims
        head = {
            "has_claims": claims,
            "note": _CLAIM_NOTE if claims else _PLAIN_NOTE,
            "pattern": _CLAIM_PATTERN if claims else "SELECT ?subject ?object { ?subject PROPERTY ?object }",
            "prefixes": dict(self.graph.dataset.prefixes),
        }
        return head, {
            "properties": [_term(term, full) for term in seen.properties],
            "classes": [_term(term, full) for term in seen.classes],
            "examples": list(seen.examples),
        }

    @cached_property
    def _documents(self) -> list[dict[str, Any]]:
        if not self.graph.dataset.has_claims:
            return []
        names = ("document", "title", "issued", "sha256", "points", "claims")
        found = []
        for row in self.graph.dataset.select(_DOCUMENTS).rows:
            document: dict[str, Any] = {
                name: lexical(value) or None for name, value in zip(names, row, strict=True)
            }
            for name in ("points", "claims"):
                document[name] = int(document[name]) if document[name] else None
            found.append(document)
        return [document for document in found if document["document"]]

    def documents(self, given: Mapping[str, Any]) -> Found:
        """List the documents the claims come from."""
        wanted = given.get("document")
        found = [d for d in self._documents if wanted is None or d["document"].endswith(wanted)]
        if wanted is not None and not found:
            raise UnknownEntityError(wanted, [str(d["document"]) for d in self._documents[:3]])
        return {}, {"documents": found}

    def complete(self, given: Mapping[str, Any]) -> Found:
        """Complete the beginning of a name, of a claim's identifier, or of a document's IRI."""
        start = given["start"]
        if given["kind"] == "entity":
            return {}, {"values": list(self._finder.completions(start))}
        if given["kind"] == "document":
            return {}, {
                "values": [d["document"] for d in self._documents if d["document"].startswith(start)][:100]
            }
        if not self.graph.dataset.has_claims:
            return {}, {"values": []}
        from pyoxigraph import Literal

        return {}, {
            "values": list(self.graph.dataset.select(_IDENTIFIERS % Literal(start.casefold())).column("id"))
        }


def _term(term: Term, full: bool) -> dict[str, Any]:
    found = {"curie": term.curie, "label": term.label, "count": term.count}
    if full:
        found |= {"definition": term.definition, "words": list(term.words)}
        found |= {"domain": list(term.domain), "range": list(term.range)}
    return found


_VERBS: Mapping[str, Callable[[Desk, Mapping[str, Any]], Found]] = {
    verb.__name__: verb
    for verb in (
        Desk.prepare,
        Desk.ask,
        Desk.find_entity,
        Desk.describe,
        Desk.path,
        Desk.compare,
        Desk.explain,
        Desk.evidence,
        Desk.sparql,
        Desk.schema,
        Desk.documents,
        Desk.complete,
    )
}
