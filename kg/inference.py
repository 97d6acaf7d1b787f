"""Rules applied until nothing new follows; every conclusion keeps its premises and its rule.

A rule is a SPARQL CONSTRUCT that mints the IRI of its conclusion from those of the premises, so that the
same proof gives the same claim, and two proofs of one statement give two claims.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Triple

from kg.dataset import Dataset
from kg.errors import LimitError, PolicyError, QueryError, SourceError
from kg.sparql_text import guard
from kg.terms import PREFIXES, Term

__all__ = ["INFERRED_GRAPH", "MAX_CLAIMS", "MAX_ROUNDS", "Rule", "infer", "read_rule", "read_rules"]

INFERRED_GRAPH = PREFIXES["graph"] + "inferred"
"""The named graph that conclusions and rules are written to."""

MAX_ROUNDS = 50
"""Rounds of all rules before giving up; the built-in graph takes three."""

MAX_CLAIMS = 200_000
"""Conclusions before giving up."""

_KGQ = PREFIXES["kgq"]
_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_DERIVED = NamedNode(PREFIXES["prov"] + "wasDerivedFrom")
_BY_RULE = NamedNode(_KGQ + "byRule")
_INFERRED = NamedNode(_KGQ + "InferredClaim")
_STATEMENT = tuple(
    NamedNode(_KGQ + name) for name in ("claimSubject", "claimPredicate", "claimObject", "claimValue", "polarity")
)
_HEADER = re.compile(r"#\s*(label|description):\s*(.+)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One inference: its IRI (from the file's name), how it is called, what it says, its query."""

    iri: str
    label: str
    description: str
    sparql: str
    path: str = ""


def read_rules(folder: Path) -> list[Rule]:
    """Read the rules of a folder, by name; none if there is no such folder.

    Raises:
        SourceError: a file is not UTF-8, is no CONSTRUCT, or has no label.
    """
    return [read_rule(path) for path in sorted(folder.glob("*.rq"))]


def read_rule(path: Path) -> Rule:
    """Read one rule; ``# label:`` and ``# description:`` stand in its first lines."""
    try:
        sparql = path.read_text("utf-8")
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}. Check the path.", path=str(path)) from error
    except UnicodeDecodeError as error:
        raise SourceError("not UTF-8. Save the file as UTF-8.", path=str(path)) from error
    header = {match[1]: match[2] for match in map(_HEADER.match, sparql.splitlines()) if match}
    if not header.get("label"):
        raise SourceError("the rule has no label. Add a line '# label: …' at the top.", path=str(path), line=1)
    try:
        form = guard(sparql).form
    except (PolicyError, QueryError) as error:
        raise SourceError(str(error), path=str(path)) from error
    if form != "CONSTRUCT":
        raise SourceError(f"a rule is a CONSTRUCT query; this is {form or 'no SPARQL'}.", path=str(path), line=1)
    iri = PREFIXES["rule"] + re.sub(r"[^\w-]+", "-", path.stem)
    return Rule(iri, header["label"].strip(), header.get("description", "").strip(), sparql, str(path))


def infer(dataset: Dataset, rules: Sequence[Rule], *, max_rounds: int = MAX_ROUNDS) -> list[Quad]:
    """Apply the rules until nothing new follows, add the conclusions to the dataset, and return what was added.

    Args:
        dataset: is queried over the union of its graphs, whatever its own setting.
        rules: CONSTRUCT queries whose results are :class:`kgq:InferredClaim` nodes.
        max_rounds: how often all rules are applied at most.

    Raises:
        LimitError: the rules do not come to an end within ``max_rounds`` or :data:`MAX_CLAIMS`.
        SourceError: a rule is not valid SPARQL, or draws a claim without premises.

    A conclusion that would rest on itself (the same statement among its own premises) is left out: it proves
    nothing, and rules over a circle of memberships come to an end.
    """
    graph = NamedNode(INFERRED_GRAPH)
    proofs = _Proofs(dataset)
    claim_classes = _claim_classes(dataset)
    added: list[Quad] = []
    for _ in range(max_rounds):
        fresh: list[Quad] = []
        for rule in rules:
            fresh.extend(_apply(rule, dataset, proofs, claim_classes, graph))
        if not fresh:
            described = list(_describe(rules, added, graph))
            dataset.engine.add(described)
            return added + described
        dataset.engine.add(fresh)
        added.extend(fresh)
        if len(proofs.inferred) > MAX_CLAIMS:
            raise LimitError(f"the rules drew more than {MAX_CLAIMS} claims. Look for memberships that multiply.")
    raise LimitError(
        f"the rules still draw new claims after {max_rounds} rounds. Look for a rule that feeds itself, "
        "or that does not mint the IRI of its claim from its premises."
    )


class _Proofs:
    """The statement of every claim and the statements each rests on, to tell circular proofs."""

    def __init__(self, dataset: Dataset) -> None:
        self._below: dict[NamedNode, frozenset[tuple[Term, ...]]] = {}
        self._statement: dict[NamedNode, tuple[Term, ...]] = {}
        self.inferred: set[NamedNode] = set()
        facts: dict[NamedNode, dict[NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for quad in dataset.engine.quads():
            if isinstance(quad.subject, NamedNode) and quad.predicate in (*_STATEMENT, _DERIVED):
                facts[quad.subject][quad.predicate].append(quad.object)
            if quad.predicate == _TYPE and quad.object == _INFERRED and isinstance(quad.subject, NamedNode):
                self.inferred.add(quad.subject)
        for claim, about in facts.items():
            self._note(claim, about)

    def accept(self, claim: NamedNode, about: Mapping[NamedNode, Sequence[Term]]) -> bool:
        """Note a conclusion and return True, or return False if it rests on itself or is known."""
        if claim in self.inferred:
            return False
        premises = [term for term in about.get(_DERIVED, ()) if isinstance(term, NamedNode)]
        statement = _statement(about)
        if any(statement == self._statement.get(p) or statement in self._below.get(p, ()) for p in premises):
            return False
        self._note(claim, about)
        self.inferred.add(claim)
        return True

    def _note(self, claim: NamedNode, about: Mapping[NamedNode, Sequence[Term]]) -> None:
        self._statement[claim] = _statement(about)
        premises = [term for term in about.get(_DERIVED, ()) if isinstance(term, NamedNode)]
        below: set[tuple[Term, ...]] = set()
        for premise in premises:
            below |= self._below.get(premise, frozenset())
            if premise in self._statement:
                below.add(self._statement[premise])
        self._below[claim] = frozenset(below)


def _statement(about: Mapping[NamedNode, Sequence[Term]]) -> tuple[Term, ...]:
    return tuple(term for name in _STATEMENT for term in about.get(name, ()))


def _apply(
    rule: Rule,
    dataset: Dataset,
    proofs: _Proofs,
    claim_classes: Mapping[Term, Sequence[NamedNode]],
    graph: NamedNode,
) -> Iterator[Quad]:
    """Yield the quads of the conclusions that are new and do not rest on themselves."""
    found: dict[NamedNode, dict[NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for triple in _construct(rule, dataset):
        if isinstance(triple.subject, NamedNode):
            found[triple.subject][triple.predicate].append(triple.object)
    for claim in sorted(found, key=str):
        about = found[claim]
        if _INFERRED not in about[_TYPE] or not about[_DERIVED]:
            raise SourceError(
                f"the rule constructs <{claim.value}>, which is not a kgq:InferredClaim with prov:wasDerivedFrom.",
                path=rule.path,
            )
        if not proofs.accept(claim, about):
            continue
        about[_BY_RULE] = [NamedNode(rule.iri)]
        for predicate in about[NamedNode(_KGQ + "claimPredicate")]:
            about[_TYPE].extend(claim_classes.get(predicate, ()))
        for name, values in about.items():
            for value in dict.fromkeys(values):
                yield Quad(claim, name, value, graph)


def _construct(rule: Rule, dataset: Dataset) -> Iterable[Triple]:
    try:
        return list(dataset.engine.construct(rule.sparql, prefixes=dataset.prefixes, union=True))
    except QueryError as error:
        raise SourceError(str(error), path=rule.path) from error


def _claim_classes(dataset: Dataset) -> dict[Term, list[NamedNode]]:
    """Return the classes that claims of each predicate belong to, inherited ones too."""
    rows = dataset.engine.select(
        """SELECT DISTINCT ?property ?class {
             ?property kgq:claimClass ?named . ?named rdfs:subClassOf* ?class . FILTER (?class != kgq:Claim)
           } ORDER BY ?property ?class""",
        prefixes=dataset.prefixes,
        union=True,
    )
    found: dict[Term, list[NamedNode]] = defaultdict(list)
    for property_, class_ in rows:
        if property_ is not None and isinstance(class_, NamedNode):
            found[property_].append(class_)
    return found


def _describe(rules: Iterable[Rule], added: Sequence[Quad], graph: NamedNode) -> Iterator[Quad]:
    """Yield what is known of the rules that drew something."""
    used = {quad.object for quad in added if quad.predicate == _BY_RULE}
    for rule in rules:
        node = NamedNode(rule.iri)
        if node in used:
            yield Quad(node, _TYPE, NamedNode(_KGQ + "Rule"), graph)
            yield Quad(node, NamedNode(PREFIXES["rdfs"] + "label"), Literal(rule.label, language="en"), graph)
        if node in used and rule.description:
            definition = NamedNode(PREFIXES["skos"] + "definition")
            yield Quad(node, definition, Literal(rule.description, language="en"), graph)
