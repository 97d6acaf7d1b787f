"""A copy of a graph in which some claims are missing and others are added, with what then follows.

Taking a claim away takes away every conclusion that rests on it: an inferred claim is one proof, and falls with
any of its premises. Adding claims draws what the rules draw from them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.inference import Rule, infer
from kg.terms import PREFIXES, Term, lexical

__all__ = ["copied", "overlaid", "resting_on"]

_KGQ, _OA = PREFIXES["kgq"], PREFIXES["oa"]
_DERIVED = PREFIXES["prov"] + "wasDerivedFrom"
_PARTS = (NamedNode(_KGQ + "hasEvidence"), NamedNode(_OA + "hasSelector"))
_PREMISES = f"SELECT ?claim ?premise {{ ?claim a kgq:InferredClaim ; <{_DERIVED}> ?premise }}"


def resting_on(dataset: Dataset, claims: Iterable[str]) -> set[str]:
    """Return the inferred claims whose proofs use any of some claims, near or far.

    >>> resting_on(Dataset(OxigraphEngine()), ["https://example.org/claim"])
    set()
    """
    conclusions: dict[str, list[str]] = defaultdict(list)
    for claim, premise in dataset.select(_PREMISES).rows:
        if claim is not None and premise is not None:
            conclusions[lexical(premise)].append(lexical(claim))
    found: set[str] = set()
    waiting = list(claims)
    while waiting:
        for conclusion in conclusions.get(waiting.pop(), ()):
            if conclusion not in found:
                found.add(conclusion)
                waiting.append(conclusion)
    return found


def overlaid(
    dataset: Dataset, *, without: Iterable[str] = (), added: Sequence[Quad] = (), rules: Sequence[Rule] = ()
) -> Dataset:
    """Return a copy in memory without some claims and with further quads; the original stays as it is.

    Args:
        dataset: is read, never written.
        without: IRIs of claims; what rests on them goes too, and quotes that nothing else needs.
        added: quads to add.
        rules: are applied to the result where anything was added.

    Raises:
        LimitError: the rules do not come to an end.
        SourceError: a rule draws a claim without premises.
    """
    gone = set(without)
    gone |= resting_on(dataset, gone)
    quads = list(dataset.engine.quads())
    gone |= _orphans(quads, gone)
    kept = (quad for quad in quads if _name(quad.subject) not in gone)
    return copied(dataset, chain(kept, added), rules if added else ())


def copied(dataset: Dataset, quads: Iterable[Quad], rules: Sequence[Rule] = ()) -> Dataset:
    """Return a dataset in memory that holds other quads and is otherwise like one at hand.

    Args:
        dataset: whose prefixes and default graph the copy shares.
        quads: what the copy holds.
        rules: are applied to it.
    """
    engine = OxigraphEngine()
    engine.add(quads)
    copy = Dataset(engine, prefixes=dataset.prefixes, union=dataset.union, has_claims=dataset.has_claims)
    if rules:
        infer(copy, rules)
    return copy


def _orphans(quads: Sequence[Quad], gone: set[str]) -> set[str]:
    """Return the evidence, and its selectors, that only claims which are gone point to."""
    found: set[str] = set()
    for part in _PARTS:
        held: set[str] = set()
        dropped: set[str] = set()
        for quad in quads:
            if quad.predicate == part:
                lost = _name(quad.subject) in gone or _name(quad.subject) in found
                (dropped if lost else held).add(_name(quad.object))
        found |= dropped - held
    return found


def _name(term: Term | Triple) -> str:
    return term.value if isinstance(term, (NamedNode, BlankNode)) else ""
