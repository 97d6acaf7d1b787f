"""A claim with what it rests on: quotes, or a rule and its premises down to quotes. Frozen, and plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

__all__ = ["NO_WORDS", "Claim", "Derivation", "Evidence", "Premise", "leaves"]

NO_WORDS: Mapping[str, tuple[str, ...]] = {}
"""The qualifiers of a claim that has none."""

_NO_LABELS: Mapping[str, str] = {}


class Evidence(NamedTuple):
    """A verbatim quote and where it stands.

    Attributes:
        document: IRI of the document.
        heading: the headings the quote stands under, outermost first, joined by ``›``.
        quote: the exact words, a substring of the document.
        start: first position, in Unicode code points of the document's text.
        end: position after the last code point.
    """

    document: str
    heading: str
    quote: str
    start: int
    end: int

    def to_dict(self) -> dict[str, Any]:
        """Return the evidence as JSON-ready data."""
        return {
            "document": self.document,
            "heading": self.heading,
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
        }


class Premise(NamedTuple):
    """One step under a conclusion: the claim, its kind, how it reads, and its quotes."""

    claim: str
    kind: str
    text: str
    evidence: tuple[Evidence, ...] = ()
    because: tuple[Derivation, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the premise as JSON-ready data; ``because`` only where the premise is inferred itself."""
        found: dict[str, Any] = {
            "claim": self.claim,
            "kind": self.kind,
            "text": self.text,
            "evidence": [e.to_dict() for e in self.evidence],
        }
        if self.because:
            found["because"] = [d.to_dict() for d in self.because]
        return found


class Derivation(NamedTuple):
    """A rule and the premises it was applied to, in proof order.

    Attributes:
        rule: IRI of the rule.
        label: what the rule says, in a few words.
    """

    rule: str
    premises: tuple[Premise, ...]
    label: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the derivation as JSON-ready data."""
        return {"rule": self.rule, "label": self.label, "premises": [p.to_dict() for p in self.premises]}


class Claim(NamedTuple):
    """A statement with who says it, how, and why it may be believed.

    Attributes:
        iri: the claim node.
        subject, predicate, object: IRIs; ``object`` is None where the claim ends in a literal.
        value: the literal's lexical form, None where the claim ends in an object.
        text: the claim as an English sentence.
        kind: ``stated``, ``inferred`` or ``background``.
        polarity: ``positive`` or ``negative``.
        modality: local name of the modality (``asserted``, ``hypothetical`` …).
        qualifiers: the document's own words by name: ``{"degree": ("to a degree",)}``.
        evidence: the quotes of a stated claim; what an inferred one rests on is in :attr:`quotes`.
        because: the proofs of an inferred claim, the one with fewest background premises first.
        relations: claims the document connects with this one, by the relation's name: ``{"because": (iri,)}``.
        note: a remark of those who encoded the document; not its words.
        labels: the label of each IRI the claim mentions.
    """

    iri: str
    subject: str
    predicate: str
    object: str | None
    value: str | None
    text: str
    kind: str
    polarity: str = "positive"
    modality: str = "asserted"
    voice: str | None = None
    scenario: str | None = None
    document: str | None = None
    identifier: str | None = None
    source: str | None = None
    qualifiers: Mapping[str, tuple[str, ...]] = NO_WORDS
    evidence: tuple[Evidence, ...] = ()
    because: tuple[Derivation, ...] = ()
    relations: Mapping[str, tuple[str, ...]] = NO_WORDS
    note: str | None = None
    labels: Mapping[str, str] = _NO_LABELS

    @property
    def quotes(self) -> tuple[Evidence, ...]:
        """The claim's own evidence, else the quotes at the leaves of its first proof, in proof order."""
        return self.evidence or leaves(self.because[:1])

    def to_dict(self) -> dict[str, Any]:
        """Return the claim as JSON-ready data."""
        return {
            "iri": self.iri,
            "id": self.identifier,
            "text": self.text,
            "subject": self.subject,
            "predicate": self.predicate,
            "object": self.object,
            "value": self.value,
            "kind": self.kind,
            "polarity": self.polarity,
            "modality": self.modality,
            "voice": self.voice,
            "scenario": self.scenario,
            "document": self.document,
            "source": self.source,
            "qualifiers": {name: list(words) for name, words in self.qualifiers.items()},
            "relations": {name: list(claims) for name, claims in self.relations.items()},
            "note": self.note,
            "labels": dict(self.labels),
            "evidence": [e.to_dict() for e in self.evidence],
            "because": [d.to_dict() for d in self.because],
        }

    def _repr_html_(self) -> str:
        from kg.display import claim_html

        return claim_html(self)


def leaves(proofs: Sequence[Derivation]) -> tuple[Evidence, ...]:
    """Return the quotes at the leaves of proofs, in proof order, each once."""
    found: dict[Evidence, None] = {}
    for proof in proofs:
        for premise in proof.premises:
            found.update(dict.fromkeys(premise.evidence or leaves(premise.because)))
    return tuple(found)
