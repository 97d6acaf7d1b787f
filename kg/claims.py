"""Claims read back from a graph: their words, their quotes, and the proofs of what was inferred."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import Literal, NamedNode

from kg.claim_facts import collect, facts_under
from kg.dataset import Dataset
from kg.results import Claim, Derivation, Evidence, Premise
from kg.terms import PREFIXES, Term, lexical, local_name
from kg.wording import word_claim

__all__ = ["KINDS", "ClaimReader", "group_claims"]

KINDS = ("stated", "inferred", "background")
"""The kinds of claims, the best grounded first."""

_POLARITIES = ("positive", "negative")

_KGQ = PREFIXES["kgq"]
_OA = PREFIXES["oa"]
_RDFS = PREFIXES["rdfs"]
_TYPE = PREFIXES["rdf"] + "type"
_DERIVED_FROM = PREFIXES["prov"] + "wasDerivedFrom"
_STRUCTURE = frozenset(
    (
        _TYPE,
        _DERIVED_FROM,
        PREFIXES["dcterms"] + "identifier",
        PREFIXES["dcterms"] + "source",
        _KGQ + "claimSubject",
        _KGQ + "claimPredicate",
        _KGQ + "claimObject",
        _KGQ + "claimValue",
        _KGQ + "polarity",
        _KGQ + "modality",
        _KGQ + "inScenario",
        _KGQ + "statedBy",
        _KGQ + "inDocument",
        _KGQ + "hasEvidence",
        _KGQ + "byRule",
        _KGQ + "encodingNote",
    )
)
_KIND_OF_CLASS = {f"{_KGQ}{kind.capitalize()}Claim": kind for kind in KINDS}

_WORDS = """SELECT ?x ?p ?o { VALUES ?x { %s }
  VALUES ?p { rdfs:label kgq:singularPattern kgq:pluralPattern kgq:negativeSingularPattern
    kgq:negativePluralPattern kgq:grammaticalNumber rdfs:subPropertyOf }
  ?x ?p ?o
}"""

_Facts = Mapping[str, Mapping[str, Sequence[Term]]]


class ClaimReader:
    """Reads claims of one dataset.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> ClaimReader(Dataset(OxigraphEngine())).matching()
    []

    Args:
        dataset: where the claims are.
        lang: the language of labels and patterns, where there is a choice.
    """

    def __init__(self, dataset: Dataset, lang: str = "en") -> None:
        self._dataset = dataset
        self._lang = lang

    def get(self, iri: str) -> Claim:
        """Return one claim.

        Raises:
            KeyError: no claim has this IRI.
        """
        found = self.many([iri])
        if not found:
            raise KeyError(iri)
        return found[0]

    def many(self, iris: Iterable[str]) -> list[Claim]:
        """Return claims with their proofs, in the order asked, by two queries whatever their number.

        IRIs that name no claim are left out.
        """
        wanted = [iri for iri in dict.fromkeys(iris) if _is_iri(iri)]
        if not wanted:
            return []
        facts = facts_under(self._dataset, wanted)
        claims = [iri for iri, about in facts.items() if _KGQ + "claimPredicate" in about]
        words = _Words(collect(self._dataset, _WORDS, _mentioned(facts, claims)), self._lang)
        reading = _Reading(facts, words)
        return [reading.claim(iri) for iri in wanted if iri in facts and _KGQ + "claimPredicate" in facts[iri]]

    def identified(self, identifier: str) -> list[Claim]:
        """Return the claims with an identifier such as ``F090``, whatever its case."""
        sparql = "SELECT DISTINCT ?claim ?id { ?claim kgq:claimPredicate ?predicate ; dcterms:identifier ?id }"
        rows = self._dataset.select(sparql).rows
        return self.many(lexical(claim) for claim, id_ in rows if lexical(id_).casefold() == identifier.casefold())

    def near(self, identifier: str) -> list[str]:
        """Return the identifiers of claims that are most like one that no claim has."""
        from rapidfuzz import process

        rows = self._dataset.select(
            "SELECT DISTINCT ?id { ?claim kgq:claimPredicate ?p ; dcterms:identifier ?id }"
        )
        known = sorted(set(rows.column("id")))
        return [hit for hit, score, _ in process.extract(identifier, known, limit=3) if score >= 60]

    def matching(
        self,
        *,
        subject: str | None = None,
        predicate: str | None = None,
        object: str | None = None,  # noqa: A002 - the RDF word
        kind: str | None = None,
        polarity: str | None = None,
        modality: str | None = None,
        scenario: str | None = None,
        document: str | None = None,
        voice: str | None = None,
        mentioning: str | None = None,
        limit: int | None = None,
    ) -> list[Claim]:
        """Return the claims that match all the filters given, in the order of :func:`claim_order`.

        Args:
            subject: IRI of the subject.
            predicate: IRI of the property.
            object: IRI of the object.
            kind: ``stated``, ``inferred`` or ``background``.
            polarity: ``positive`` or ``negative``.
            modality: local name of the modality.
            scenario: IRI of the scenario.
            document: IRI of the document.
            voice: IRI of the voice that states the claim.
            mentioning: IRI of the subject or the object.
            limit: how many claims at most.

        Raises:
            ValueError: no such kind or polarity.
        """
        for name, value, known in (("kind", kind, KINDS), ("polarity", polarity, _POLARITIES)):
            if value is not None and value not in known:
                raise ValueError(f"'{value}' is no {name} of a claim; there are {', '.join(known)}.")
        filters = {
            "claimSubject": subject,
            "claimPredicate": predicate,
            "claimObject": object,
            "inScenario": scenario,
            "inDocument": document,
            "statedBy": voice,
            "polarity": None if polarity is None else _KGQ + polarity,
            "modality": None if modality is None else _KGQ + modality,
        }
        patterns = ["?claim kgq:claimPredicate ?predicate ."]
        patterns += [f"?claim kgq:{name} {NamedNode(iri)} ." for name, iri in filters.items() if iri is not None]
        if kind is not None:
            patterns.append(f"?claim a {NamedNode(_KGQ + kind.capitalize() + 'Claim')} .")
        if mentioning is not None:
            patterns.append(f"?claim kgq:claimSubject|kgq:claimObject {NamedNode(mentioning)} .")
        rows = self._dataset.select(f"SELECT DISTINCT ?claim {{ {' '.join(patterns)} }}")
        found = sorted(self.many(rows.column("claim")), key=claim_order)
        return found if limit is None else found[:limit]


def claim_order(claim: Claim) -> tuple[int, tuple[tuple[int, str], ...], int, str]:
    """Return a sort key: by kind, then by identifier as people count (F9 before F10), then by proof."""
    pieces = re.findall(r"\d+|\D+", claim.identifier or "~")
    number = tuple((int(piece), "") if piece.isdigit() else (-1, piece) for piece in pieces)
    return KINDS.index(claim.kind), number, _background_premises(claim.because), claim.text + claim.iri


def group_claims(claims: Iterable[Claim]) -> list[tuple[Claim, ...]]:
    """Group claims that say the same thing; in each group the best grounded first.

    Same subject, predicate, object or value, polarity and scenario. Stated claims come before inferred ones,
    and of several proofs the one with fewest background premises; groups keep the order of their first claim.

    >>> group_claims([])
    []
    """
    groups: dict[tuple[str | None, ...], list[Claim]] = {}
    for claim in claims:
        key = (claim.subject, claim.predicate, claim.object, claim.value, claim.polarity, claim.scenario)
        groups.setdefault(key, []).append(claim)
    return [tuple(sorted(group, key=_grounding)) for group in groups.values()]


def _grounding(claim: Claim) -> tuple[int, int, int, str]:
    return KINDS.index(claim.kind), _background_premises(claim.because), _proof_size(claim.because), claim.iri


def _background_premises(proofs: Sequence[Derivation]) -> int:
    return sum(
        (premise.kind == "background") + _background_premises(premise.because)
        for proof in proofs[:1]
        for premise in proof.premises
    )


def _proof_size(proofs: Sequence[Derivation]) -> int:
    return sum(1 + _proof_size(premise.because) for proof in proofs[:1] for premise in proof.premises)


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def _mentioned(facts: _Facts, claims: Iterable[str]) -> set[str]:
    """Return every IRI that a claim needs words for: things, properties, rules, qualifiers."""
    found: set[str] = set()
    for iri in claims:
        for predicate, values in facts[iri].items():
            if predicate in (_TYPE, _DERIVED_FROM, _KGQ + "hasEvidence", _KGQ + "polarity", _KGQ + "modality"):
                continue
            if predicate not in _STRUCTURE:
                found.add(predicate)
            found.update(value.value for value in values if isinstance(value, NamedNode))
    return found


class _Words:
    """Labels, sentence patterns and super-properties of the IRIs that some claims mention."""

    def __init__(self, facts: _Facts, lang: str) -> None:
        self._facts = facts
        self._lang = lang
        self._labels: dict[str, str] = {}
        self._patterns: dict[str, dict[str, str]] = {}

    def label(self, iri: str) -> str:
        if iri not in self._labels:
            self._labels[iri] = self.best(iri, _RDFS + "label") or local_name(iri)
        return self._labels[iri]

    def best(self, iri: str, predicate: str) -> str | None:
        """Return the value in the language asked for, else one in none, else in English, else the first."""
        values = [v for v in self._facts.get(iri, {}).get(predicate, ()) if isinstance(v, Literal)]
        order = {self._lang: 0, None: 1, "en": 2}
        best = min(values, key=lambda v: (order.get(v.language, 3), v.language or "", v.value), default=None)
        return None if best is None else best.value

    def patterns(self, predicate: str) -> dict[str, str]:
        if predicate not in self._patterns:
            names = ("singularPattern", "pluralPattern", "negativeSingularPattern", "negativePluralPattern")
            found = {name: self.best(predicate, _KGQ + name) for name in names}
            self._patterns[predicate] = {name: text for name, text in found.items() if text}
        return self._patterns[predicate]

    def is_plural(self, iri: str) -> bool:
        return self.best(iri, _KGQ + "grammaticalNumber") == "plural"

    def is_sub_property(self, predicate: str, of: str) -> bool:
        return any(lexical(v) == of for v in self._facts.get(predicate, {}).get(_RDFS + "subPropertyOf", ()))


class _Reading:
    """One batch of claims while it is put together; a premise shared by many is worded once."""

    def __init__(self, facts: _Facts, words: _Words) -> None:
        self._facts = facts
        self._words = words
        self._premises: dict[str, Premise] = {}

    def claim(self, iri: str) -> Claim:
        about = self._facts[iri]
        subject, predicate = _only(about, "claimSubject") or "", _only(about, "claimPredicate") or ""
        object_, value = _only(about, "claimObject"), _only(about, "claimValue")
        context = [_only(about, name) for name in ("inScenario", "statedBy", "inDocument")]
        return Claim(
            iri=iri,
            subject=subject,
            predicate=predicate,
            object=object_,
            value=value,
            text=self._text(iri),
            kind=self._kind(iri),
            polarity=_name(about, "polarity", "positive"),
            modality=_name(about, "modality", "asserted"),
            voice=_only(about, "statedBy"),
            scenario=_only(about, "inScenario"),
            document=_only(about, "inDocument"),
            identifier=_only(about, PREFIXES["dcterms"] + "identifier"),
            source=_only(about, PREFIXES["dcterms"] + "source"),
            qualifiers=self._qualifiers(iri),
            evidence=self._evidence(iri),
            because=self._because(iri, frozenset({iri})),
            relations=self._relations(iri),
            note=_only(about, "encodingNote"),
            labels={
                name: self._words.label(name)
                for name in (subject, predicate, object_, *context)
                if name is not None
            },
        )

    def _kind(self, iri: str) -> str:
        kinds = {_KIND_OF_CLASS.get(lexical(term)) for term in self._facts[iri].get(_TYPE, ())}
        return next((kind for kind in KINDS if kind in kinds), "stated")

    def _text(self, iri: str) -> str:
        about, words = self._facts[iri], self._words
        subject, predicate = _only(about, "claimSubject") or "", _only(about, "claimPredicate") or ""
        object_, scenario = _only(about, "claimObject"), _only(about, "inScenario")
        return word_claim(
            words.label(subject),
            words.label(predicate),
            words.label(object_) if object_ is not None else _only(about, "claimValue") or "",
            patterns=words.patterns(predicate),
            plural=words.is_plural(subject),
            negative=_name(about, "polarity", "positive") == "negative",
            modality=_name(about, "modality", "asserted"),
            scenario=None if scenario is None else words.label(scenario),
            qualifiers=self._qualifiers(iri),
        )

    def _qualifiers(self, iri: str) -> dict[str, tuple[str, ...]]:
        return {
            local_name(predicate): tuple(
                sorted(self._words.label(v.value) if isinstance(v, NamedNode) else lexical(v) for v in values)
            )
            for predicate, values in sorted(self._facts[iri].items())
            if predicate not in _STRUCTURE and self._words.is_sub_property(predicate, _KGQ + "qualifier")
        }

    def _relations(self, iri: str) -> dict[str, tuple[str, ...]]:
        return {
            local_name(predicate): tuple(sorted(map(lexical, values)))
            for predicate, values in sorted(self._facts[iri].items())
            if predicate not in _STRUCTURE and self._words.is_sub_property(predicate, _KGQ + "claimRelation")
        }

    def _evidence(self, iri: str) -> tuple[Evidence, ...]:
        found = []
        for node in self._facts[iri].get(_KGQ + "hasEvidence", ()):
            about = self._facts.get(lexical(node), {})
            selectors = [self._facts.get(lexical(s), {}) for s in about.get(_OA + "hasSelector", ())]
            merged = {predicate: values for selector in selectors for predicate, values in selector.items()}
            found.append(
                Evidence(
                    document=_only(about, _OA + "hasSource") or "",
                    heading=_only(about, "sectionHeading") or "",
                    quote=_only(merged, _OA + "exact") or "",
                    start=int(_only(merged, _OA + "start") or 0),
                    end=int(_only(merged, _OA + "end") or 0),
                )
            )
        return tuple(sorted(found, key=lambda e: (-(e.end - e.start), e.start)))

    def _because(self, iri: str, above: frozenset[str]) -> tuple[Derivation, ...]:
        about = self._facts[iri]
        subject = _only(about, "claimSubject")
        sources = map(lexical, about.get(_DERIVED_FROM, ()))
        premises = [p for p in sources if p not in above and _KGQ + "claimPredicate" in self._facts.get(p, {})]
        if not premises:
            return ()
        premises.sort(key=lambda premise: (self._place(premise, subject), premise))
        rule = _only(about, "byRule") or ""
        steps = tuple(self._premise(premise, above | {premise}) for premise in premises)
        return (Derivation(rule, steps, self._words.label(rule) if rule else ""),)

    def _place(self, premise: str, subject: str | None) -> int:
        """Proof order: what is said about the conclusion's subject, then what leads from there."""
        about = self._facts[premise]
        if _only(about, "claimSubject") == subject:
            return 0
        return 1 if _only(about, "claimObject") == subject else 2

    def _premise(self, iri: str, above: frozenset[str]) -> Premise:
        if iri not in self._premises:
            because = self._because(iri, above)
            self._premises[iri] = Premise(iri, self._kind(iri), self._text(iri), self._evidence(iri), because)
        return self._premises[iri]


def _only(about: Mapping[str, Sequence[Term]], name: str) -> str | None:
    values = about.get(name if ":" in name else _KGQ + name)
    return lexical(values[0]) if values else None


def _name(about: Mapping[str, Sequence[Term]], name: str, default: str) -> str:
    found = _only(about, name)
    return default if found is None else local_name(found)
