"""Reads the terms of a graph with claims: one pass over the quads, then words for every term."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import Literal, NamedNode

from kg.dataset import Dataset
from kg.terms import PREFIXES, local_name
from kg.vocabulary.claim_terms import ClaimTerms, Kind, Relation, Thing
from kg.vocabulary.claim_words import Sources, collect_words, is_copular
from kg.vocabulary.quads import vocabulary_quads

__all__ = ["read_claim_terms"]

_RDF, _RDFS, _OWL, _SKOS, _KGQ, _ONTOLEX, _LEXINFO = (
    PREFIXES[p] for p in ("rdf", "rdfs", "owl", "skos", "kgq", "ontolex", "lexinfo")
)
_TYPE = _RDF + "type"
_LABELS = {_RDFS + "label": 0.0, _SKOS + "prefLabel": 0.0, _SKOS + "altLabel": 0.04, _SKOS + "hiddenLabel": 0.1}
_ALIASES = frozenset((_SKOS + "altLabel", _SKOS + "hiddenLabel"))
_BACKGROUND = "/graph/background"
_PATTERNS = ("singularPattern", "pluralPattern", "negativeSingularPattern", "negativePluralPattern")
_CLASSES = frozenset((_OWL + "Class", _RDFS + "Class"))
_PROPERTIES = frozenset(
    _OWL + n for n in ("ObjectProperty", "DatatypeProperty", "SymmetricProperty", "TransitiveProperty")
) | {_RDF + "Property"}  # fmt: skip
_CLAIM_TYPES = frozenset(_KGQ + n for n in ("Claim", "StatedClaim", "InferredClaim", "BackgroundClaim"))


class _Facts:
    """What one pass finds, by subject and predicate."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.links: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self.borrowed: dict[str, list[str]] = defaultdict(list)
        self.texts: dict[str, dict[str, list[Literal]]] = defaultdict(lambda: defaultdict(list))

    def take(self, dataset: Dataset) -> None:
        """Sort the quads of a dataset."""
        for quad in vocabulary_quads(dataset):
            if not isinstance(quad.subject, NamedNode):
                continue
            subject, predicate, value = quad.subject.value, quad.predicate.value, quad.object
            if isinstance(value, NamedNode):
                self.links[subject][predicate].append(value.value)
            elif isinstance(value, Literal):
                self.texts[subject][predicate].append(value)
                graph = quad.graph_name
                if predicate in _ALIASES and isinstance(graph, NamedNode) and graph.value.endswith(_BACKGROUND):
                    self.borrowed[subject].append(value.value)

    def with_type(self, *types: str) -> list[str]:
        """Return the subjects that have one of some types."""
        wanted = set(types)
        return sorted(s for s, about in self.links.items() if wanted.intersection(about.get(_TYPE, ())))

    def label(self, iri: str) -> str:
        """Return the label in the language asked for, else in none, else in English, else the local name."""
        order = {self.lang: 0, None: 1, "en": 2}
        labels = [v for p in (_RDFS + "label", _SKOS + "prefLabel") for v in self.texts[iri].get(p, ())]
        best = min(labels, key=lambda v: (order.get(v.language, 3), v.value), default=None)
        return best.value if best is not None else local_name(iri)

    def text(self, iri: str, predicate: str) -> str:
        """Return one text of a subject, '' if there is none."""
        found = self.texts[iri].get(predicate, ())
        return found[0].value if found else ""


def _closure(direct: Mapping[str, Iterable[str]], start: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    queue = list(direct.get(start, ()))
    while queue:
        item = queue.pop(0)
        if item not in found and item != start:
            found[item] = None
            queue.extend(direct.get(item, ()))
    return tuple(found)


def read_claim_terms(dataset: Dataset, lang: str = "en") -> ClaimTerms:
    """Read what can be asked of a graph with claims.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> read_claim_terms(Dataset(OxigraphEngine())).things
    {}
    """
    facts = _Facts(lang)
    facts.take(dataset)
    claims = {s: about for s, about in facts.links.items() if _KGQ + "claimPredicate" in about}
    found = ClaimTerms()
    found.kinds = _kinds(facts, claims)
    found.relations = _relations(facts, claims)
    found.things = _things(facts, claims, found)
    supers = {s: a.get(_RDFS + "subPropertyOf", []) for s, a in facts.links.items()}
    found.qualifiers = _below(facts, supers, _KGQ + "qualifier")
    found.links = _below(facts, supers, _KGQ + "claimRelation")
    found.voices = {iri: facts.label(iri) for iri in facts.with_type(_KGQ + "Voice")}
    found.claim_classes = _claim_classes(facts, found)
    pairs = {(s, o) for s, a in facts.links.items() for o in a.get(_KGQ + "excludes", ())}
    found.excludes = tuple(sorted(pairs | {(b, a) for a, b in pairs}))
    found.scenarios = dict.fromkeys(facts.with_type(_KGQ + "Scenario"), ())
    return found.with_phrases(collect_words(found, _sources(facts, claims, found)))


def _below(facts: _Facts, supers: Mapping[str, list[str]], top: str) -> dict[str, str]:
    return {iri: facts.label(iri) for iri in sorted(supers) if iri == top or top in _closure(supers, iri)}


def _kinds(facts: _Facts, claims: Mapping[str, object]) -> dict[str, Kind]:
    supers = {s: a[_RDFS + "subClassOf"] for s, a in facts.links.items() if _RDFS + "subClassOf" in a}
    used: Counter[str] = Counter()
    for subject, about in facts.links.items():
        if subject not in claims:
            for type_ in {t for d in about.get(_TYPE, ()) for t in (d, *_closure(supers, d))}:
                used[type_] += 1
    declared = set(facts.with_type(*_CLASSES)) | set(supers)
    wanted = {c for c in declared if not c.startswith(_KGQ)} | {_KGQ + "Entity"}
    wanted |= {c for c in used if c.startswith(_KGQ) and _KGQ + "Entity" in _closure(supers, c)}
    kinds = {}
    for iri in sorted(wanted):
        above = _closure(supers, iri)
        if _CLAIM_TYPES.intersection(above) or _RDF + "Property" in above:
            continue
        below = tuple(c for c in sorted(wanted) if iri in _closure(supers, c))
        kinds[iri] = Kind(iri, facts.label(iri), (iri, *below), above, used[iri])
    return kinds


def _relations(facts: _Facts, claims: Mapping[str, Mapping[str, list[str]]]) -> dict[str, Relation]:
    used = {p for about in claims.values() for p in about[_KGQ + "claimPredicate"]}
    declared = {p for p in facts.with_type(*_PROPERTIES) if facts.text(p, _KGQ + "singularPattern")}
    supers = {s: a.get(_RDFS + "subPropertyOf", []) for s, a in facts.links.items()}
    values: dict[str, Counter[str]] = defaultdict(Counter)
    for claim, about in claims.items():
        for value in facts.texts[claim].get(_KGQ + "claimValue", ()):
            values[about[_KGQ + "claimPredicate"][0]][value.datatype.value] += 1
    wanted = used | declared
    found = {}
    for iri in sorted(wanted):
        about = facts.links[iri]
        types = about.get(_TYPE, ())
        ranges = about.get(_KGQ + "rangeIncludes") or about.get(_RDFS + "range", [])
        datatype = values[iri].most_common(1)[0][0] if values[iri] else ""
        if not datatype and _OWL + "DatatypeProperty" in types:
            datatype = ranges[0] if ranges else PREFIXES["xsd"] + "string"
        patterns = tuple(facts.text(iri, _KGQ + name) for name in _PATTERNS)
        below = tuple(p for p in sorted(wanted) if iri in _closure(supers, p))
        found[iri] = Relation(
            iri,
            facts.label(iri),
            (iri, *below),
            tuple(p for p in _closure(supers, iri) if p in wanted),
            tuple(about.get(_KGQ + "domainIncludes") or about.get(_RDFS + "domain", [])),
            tuple(ranges),
            datatype,
            _OWL + "SymmetricProperty" in types,
            _KGQ + "PlacementProperty" in types,
            is_copular(patterns[0]),
            (patterns[0], patterns[1], patterns[2], patterns[3]),
            _KGQ + "StandInProperty" in types,
        )
    return found


def _things(facts: _Facts, claims: Mapping[str, Mapping[str, list[str]]], found: ClaimTerms) -> dict[str, Thing]:
    wanted = {
        iri
        for about in claims.values()
        for p in ("claimSubject", "claimObject")
        for iri in about.get(_KGQ + p, ())
    }
    for subject, about in facts.links.items():
        if subject not in claims and any(t in found.kinds for t in about.get(_TYPE, ())):
            wanted.add(subject)
    borrowed = defaultdict(list, {iri: list(names) for iri, names in facts.borrowed.items()})
    for claim, said in claims.items():
        if _KGQ + "alsoKnownAs" in said[_KGQ + "claimPredicate"]:
            borrowed[said[_KGQ + "claimSubject"][0]].append(facts.text(claim, _KGQ + "claimValue"))
    things = {}
    for iri in sorted(wanted - set(found.kinds) - set(found.relations)):
        types = [t for t in facts.links[iri].get(_TYPE, ()) if t in found.kinds]
        kinds = dict.fromkeys(c for t in types for c in (t, *found.kinds[t].above))
        things[iri] = Thing(
            iri,
            facts.label(iri),
            tuple(kinds),
            facts.text(iri, _KGQ + "grammaticalNumber") == "plural",
            _KGQ + "BackgroundEntity" in types,
            tuple(sorted(set(borrowed.get(iri, ())))),
        )
    return things


def _claim_classes(facts: _Facts, found: ClaimTerms) -> dict[str, tuple[str, ...]]:
    classes: dict[str, list[str]] = defaultdict(list)
    for iri in found.relations:
        for class_ in facts.links[iri].get(_KGQ + "claimClass", ()):
            classes[class_].append(iri)
    return {iri: found.below(properties) for iri, properties in sorted(classes.items())}


def _sources(facts: _Facts, claims: Mapping[str, Mapping[str, list[str]]], found: ClaimTerms) -> Sources:
    """Gather the raw words: labels, lexical entries, wordings of qualifiers, values."""
    sources = Sources()
    for iri, about in facts.texts.items():
        for predicate, cost in _LABELS.items():
            sources.labels[iri] += [
                (v.value, cost) for v in about.get(predicate, ()) if v.language in (None, "en", facts.lang)
            ]
    sources.entries = sorted(_entries(facts))
    for claim in claims:
        for qualifier in found.qualifiers:
            sources.wordings |= {v.value for v in facts.texts[claim].get(qualifier, ())}
        for value in facts.texts[claim].get(_KGQ + "claimValue", ()):
            sources.values.add(value.value)
    return sources


def _entries(facts: _Facts) -> Iterator[tuple[tuple[str, ...], str, bool, tuple[str, ...]]]:
    """Yield lexical entries as (what they denote, part of speech, inverse, written forms)."""
    for iri, about in facts.links.items():
        targets = [*about.get(_ONTOLEX + "denotes", ())]
        for sense in about.get(_ONTOLEX + "sense", ()):
            targets += facts.links[sense].get(_ONTOLEX + "reference", [])
        if not targets:
            continue
        pos = local_name((about.get(_LEXINFO + "partOfSpeech") or ["noun"])[0])
        forms = [f for p in ("canonicalForm", "otherForm", "lexicalForm") for f in about.get(_ONTOLEX + p, ())]
        written = [v.value for f in (*forms, iri) for v in facts.texts[f].get(_ONTOLEX + "writtenRep", ())]
        inverse = facts.text(iri, _KGQ + "argumentOrder") == "inverse"
        yield tuple(sorted(set(targets))), pos, inverse, tuple(sorted(set(written)))
