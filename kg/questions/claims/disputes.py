"""Where claims speak against an answer: rows are marked with what denies them, a disputed yes is no yes.

Held against each other is what :mod:`kg.conflicts` would list as affirmed and denied: the same statement about
the same time, outside of scenarios, history and suppositions. Nobody is declared right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import NamedNode

from kg.claims import ClaimReader
from kg.dataset import Dataset
from kg.results import AnswerRow, Claim, Derivation, Premise
from kg.terms import lexical

__all__ = ["Contraries", "contested", "find_contraries", "marked"]

Contraries = Mapping[str, Sequence[Claim]]
"""By the IRI of a claim: those that say the opposite."""

_TIMES = ("period", "frequency")
_FIRM = "kgq:asserted, kgq:conditional, kgq:evaluation, kgq:assumed"
_OPPOSITE = """SELECT DISTINCT ?claim ?other {
  VALUES ?claim { %s }
  ?claim kgq:claimSubject ?subject ; kgq:claimPredicate ?property ; kgq:claimObject|kgq:claimValue ?end ;
    kgq:polarity ?polarity ; kgq:modality ?modality .
  ?other kgq:claimSubject ?subject ; kgq:claimObject|kgq:claimValue ?end ; kgq:claimPredicate ?its ;
    kgq:polarity ?contrary ; kgq:modality ?how .
  FILTER (?polarity != ?contrary && ?modality IN (%s) && ?how IN (%s))
  FILTER (?its = ?property
    || (?polarity = kgq:positive && EXISTS { ?property rdfs:subPropertyOf+ ?its })
    || (?polarity = kgq:negative && EXISTS { ?its rdfs:subPropertyOf+ ?property }))
  FILTER NOT EXISTS { ?claim kgq:inScenario ?scenario }
  FILTER NOT EXISTS { ?other kgq:inScenario ?scenario }
}"""


def find_contraries(
    dataset: Dataset, reader: ClaimReader, rows: Iterable[AnswerRow], kinds: Sequence[str]
) -> Contraries:
    """Return what speaks against the claims that rows rest on, by claim.

    Args:
        dataset: the graph.
        reader: reads its claims.
        rows: rows of an answer.
        kinds: the kinds of claims that count.
    """
    wanted = {iri: None for row in rows for iri in _grounds(row)}
    if not wanted:
        return {}
    values = " ".join(str(NamedNode(iri)) for iri in wanted)
    pairs = [(lexical(a), lexical(b)) for a, b in dataset.select(_OPPOSITE % (values, _FIRM, _FIRM)) if a and b]
    if not pairs:
        return {}
    claims = {c.iri: c for c in reader.many({iri: None for pair in pairs for iri in pair})}
    found: dict[str, list[Claim]] = defaultdict(list)
    for one, other in pairs:
        if claims[other].kind in kinds and _times(claims[one]) == _times(claims[other]):
            found[one].append(claims[other])
    return found


def _times(claim: Claim) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(claim.qualifiers.get(name, ())) for name in _TIMES)


def _grounds(row: AnswerRow) -> Iterable[str]:
    yield from row.claims
    waiting: list[Derivation] = list(row.because)
    while waiting:
        for premise in waiting.pop().premises:
            yield premise.claim
            waiting.extend(premise.because)


def contested(row: AnswerRow, contraries: Contraries) -> bool:
    """Return whether a row is denied itself, or rests on nothing but what is denied."""
    if any(iri in contraries for iri in row.claims):
        return True
    return bool(row.because) and all(_shaken(proof, contraries) for proof in row.because)


def _shaken(proof: Derivation, contraries: Contraries) -> bool:
    """Whether a proof needs a premise that is denied."""
    for premise in proof.premises:
        if premise.claim in contraries:
            return True
        if premise.because and all(_shaken(step, contraries) for step in premise.because):
            return True
    return False


def marked(row: AnswerRow, contraries: Contraries) -> AnswerRow:
    """Return a row with the claims that speak against it, or against what it follows from."""
    against = {c.iri: c for iri in _grounds(row) for c in contraries.get(iri, ())}
    premises = tuple(Premise(c.iri, c.kind, c.text, c.evidence, c.because) for c in against.values())
    return row._replace(disputed_by=premises) if premises else row
