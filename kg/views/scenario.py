"""What if: the graph as it would be with some claims taken away and others taken for granted.

A scenario written by the user and one that a document describes are the same thing here: claims that are assumed.
Assumed claims have the modality ``assumed``, so that nothing that rests on them passes for what a document states.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pyoxigraph import Literal, NamedNode, Quad

from kg.claims import ClaimReader
from kg.documents.values import parse_value
from kg.errors import AmbiguousNameError, SourceError, UnknownEntityError
from kg.inference import Rule, read_rules
from kg.resources import ontology_folder
from kg.terms import PREFIXES, Term, lexical, local_name
from kg.views.overlay import copied, overlaid, resting_on
from kg.views.scenario_file import Change, ScenarioFile

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph

__all__ = ["Supposed", "document_scenarios", "suppose", "suppose_described"]

_KGQ = PREFIXES["kgq"]
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_ASSUMED = NamedNode(_KGQ + "assumed")
_MODALITY = NamedNode(_KGQ + "modality")
_IN_SCENARIO = NamedNode(_KGQ + "inScenario")
_T = TypeVar("_T")
_PROPERTY = """SELECT DISTINCT ?property ?range ?class { VALUES ?property { %s } ?property a ?type
  FILTER(?type IN (owl:ObjectProperty, owl:DatatypeProperty, rdf:Property))
  OPTIONAL { ?property rdfs:range ?range }
  OPTIONAL { ?property kgq:claimClass/rdfs:subClassOf* ?class FILTER(?class != kgq:Claim) } }"""
_CONFINED = """SELECT DISTINCT ?scenario ?label { ?claim kgq:inScenario ?scenario
  OPTIONAL { ?scenario rdfs:label ?label } }"""


@dataclass(frozen=True, slots=True)
class Supposed:
    """A graph under a scenario.

    Attributes:
        graph: what can be asked.
        retracted: IRIs of the claims that were taken away.
        fallen: IRIs of the conclusions that fell with them.
        assumed: IRIs of the claims taken for granted.
    """

    graph: KnowledgeGraph
    retracted: frozenset[str]
    fallen: frozenset[str]
    assumed: frozenset[str]


def suppose(graph: KnowledgeGraph, scenario: ScenarioFile) -> Supposed:
    """Return the graph as it would be if a scenario held.

    Args:
        graph: is read, never written.
        scenario: whose names are names of the graph.

    Raises:
        SourceError: a change names nothing in the graph, or a claim that is not there; with file and line.
    """
    retracted: set[str] = set()
    for change in scenario.retractions:
        retracted |= _placed(scenario, change, lambda c: _meant(graph, c))
    home = NamedNode(f"https://w3id.org/kgq/scenario/{scenario.name}")
    quads: list[Quad] = []
    assumed: set[str] = set()
    for change in scenario.assertions:
        new = _placed(scenario, change, lambda c: _claim(graph, c, home))
        quads += new
        assumed.add(new[0].subject.value if isinstance(new[0].subject, NamedNode) else "")
    if assumed:
        title = Literal(scenario.title or scenario.name, language="en")
        quads.append(Quad(home, NamedNode(PREFIXES["rdfs"] + "label"), title, home))
        quads.append(Quad(home, _TYPE, NamedNode(_KGQ + "Voice"), home))
    fallen = resting_on(graph.dataset, retracted)
    changed = overlaid(graph.dataset, without=retracted, added=quads, rules=_rules())
    return Supposed(graph.over(changed), frozenset(retracted), frozenset(fallen), frozenset(assumed))


def suppose_described(graph: KnowledgeGraph, scenario: str) -> Supposed:
    """Return the graph as it would be if a scenario that a document describes came about.

    Args:
        graph: is read, never written.
        scenario: the scenario's IRI.
    """
    dataset = graph.dataset
    query = f"SELECT DISTINCT ?claim {{ ?claim kgq:inScenario {NamedNode(scenario)} }}"
    confined = frozenset(dataset.select(query).column("claim"))
    changed = copied(dataset, _freed(dataset.engine.quads(), confined), _rules())
    return Supposed(graph.over(changed), frozenset(), frozenset(), frozenset(map(_freely, confined)))


def _freed(quads: Iterable[Quad], claims: frozenset[str]) -> Iterator[Quad]:
    """Yield quads, and each of some claims once more: out of its scenario and taken for granted."""
    for quad in quads:
        yield quad
        if isinstance(quad.subject, NamedNode) and quad.subject.value in claims and quad.predicate != _IN_SCENARIO:
            held = quad.predicate == _MODALITY
            claim = NamedNode(_freely(quad.subject.value))
            yield Quad(claim, quad.predicate, _ASSUMED if held else quad.object, quad.graph_name)


def _freely(claim: str) -> str:
    return f"{claim}/assumed"


def document_scenarios(graph: KnowledgeGraph) -> dict[str, str]:
    """Return the scenarios that the graph's documents describe: IRI and label."""
    rows = graph.dataset.select(_CONFINED).rows
    return {lexical(iri): lexical(label) if label is not None else local_name(lexical(iri)) for iri, label in rows}


def _rules() -> list[Rule]:
    return read_rules(ontology_folder() / "rules")


def _placed(scenario: ScenarioFile, change: Change, work: Callable[[Change], _T]) -> _T:
    """Do something with a change; whatever is wrong with its names is wrong at its line."""
    try:
        return work(change)
    except (UnknownEntityError, AmbiguousNameError, ValueError) as error:
        raise SourceError(str(error), path=scenario.path or scenario.name, line=change.line or None) from error


def _meant(graph: KnowledgeGraph, change: Change) -> set[str]:
    """Return the claims that a retraction names: one claim, or every one that says something."""
    if change.claim:
        return {graph.explain(change.claim).iri}
    reader = ClaimReader(graph.dataset, graph.lang)
    names = {"subject": change.subject, "predicate": change.predicate, "object": change.object}
    given = {role: graph.find(name).iri if name else None for role, name in names.items()}
    polarity = change.polarity if change.predicate else None  # to take an affirmation away is not to affirm
    found = reader.matching(
        subject=given["subject"], predicate=given["predicate"], object=given["object"], polarity=polarity
    )
    claims = {c.iri for c in found if not change.value or c.value == change.value}
    if not claims:
        raise UnknownEntityError(str(change), _near(graph, names["subject"]))
    return claims


def _near(graph: KnowledgeGraph, subject: str) -> list[str]:
    if not subject:
        return []
    claims = ClaimReader(graph.dataset, graph.lang).matching(
        subject=graph.find(subject).iri, kind="stated", limit=3
    )
    return [claim.text for claim in claims]


def _claim(graph: KnowledgeGraph, change: Change, home: NamedNode) -> list[Quad]:
    """Return the quads of a claim that is taken for granted."""
    subject, predicate = graph.find(change.subject).iri, graph.find(change.predicate).iri
    property_ = graph.dataset.select(_PROPERTY % NamedNode(predicate)).rows
    if not property_:
        raise ValueError(f"'{change.predicate}' is no property. 'kgq vocabulary' lists the properties.")
    end = NamedNode(graph.find(change.object).iri) if change.object else _value(change, property_[0][1])
    _check_end(graph, subject, predicate, "domain", change.subject)
    if isinstance(end, NamedNode):
        _check_end(graph, end.value, predicate, "range", change.object)
    said = f"{subject}|{predicate}|{end}|{change.polarity}"
    claim = NamedNode(f"{home.value}/claim/{hashlib.sha256(said.encode()).hexdigest()[:12]}")
    about = {
        PREFIXES["rdf"] + "type": NamedNode(_KGQ + "StatedClaim"),
        _KGQ + "claimSubject": NamedNode(subject),
        _KGQ + "claimPredicate": NamedNode(predicate),
        _KGQ + ("claimObject" if isinstance(end, NamedNode) else "claimValue"): end,
        _KGQ + "polarity": NamedNode(_KGQ + change.polarity),
        _KGQ + "modality": _ASSUMED,
        _KGQ + "statedBy": home,
    }
    quads = [Quad(claim, NamedNode(name), value, home) for name, value in about.items()]
    quads += [Quad(claim, _TYPE, class_, home) for _, _, class_ in property_ if isinstance(class_, NamedNode)]
    if change.why:
        quads.append(Quad(claim, NamedNode(_KGQ + "encodingNote"), Literal(change.why, language="en"), home))
    return quads


def _value(change: Change, datatype: Term | None) -> Literal:
    value, wrong = parse_value(change.value, "" if datatype is None else lexical(datatype))
    if value is None:
        raise ValueError(f"'{change.value}' {wrong}")
    return value


def _check_end(graph: KnowledgeGraph, iri: str, predicate: str, end: str, name: str) -> None:
    """Refuse what the ontology excludes, as a hand-written claim would be refused."""
    node, property_ = NamedNode(iri), NamedNode(predicate)
    wanted = graph.dataset.select(
        f"SELECT ?class ?label {{ {property_} rdfs:{end} ?class OPTIONAL {{ ?class rdfs:label ?label }} }}"
    ).rows
    kinds = set(graph.dataset.select(f"SELECT ?c {{ {node} a/rdfs:subClassOf* ?c }}").column("c"))
    if wanted and kinds and not any(lexical(row[0]) in kinds for row in wanted):
        labels = " or ".join(sorted(lexical(row[1] or row[0]) for row in wanted))
        raise ValueError(f"'{name}' is no {labels}, which is what '{graph.find(predicate).label}' needs there.")
