"""How a single claim accounts for the words of a question: its ends, its property, its wording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from kg.questions.claims.english import FUNCTION_WORDS, NOISE, PAST, PRESENT, STRENGTH, is_gerund, is_participle
from kg.questions.claims.forms.question import Question
from kg.questions.claims.lattice import ONE_NAME, Edge, Spelling, read_words
from kg.questions.claims.meaning import Predicate, Term
from kg.results import Claim
from kg.vocabulary.claim_terms import key_words, stem_of
from kg.vocabulary.words import root

if TYPE_CHECKING:
    from kg.questions.claims.ask import ClaimAsker

__all__ = ["Fit", "Fitting", "names_of"]

_REPORTING = frozenset(
    [
        "see", "seen", "say", "said", "describe", "described", "consider", "considered", "regard", "regarded",
        "view", "viewed", "mention", "mentioned", "list", "listed", "state", "stated", "portray", "portrayed",
        "present", "presented", "given", "come", "comes", "came", "kind", "kinds", "type", "types", "sort",
        "sorts", "way", "ways", "thing", "things", "form", "forms", "aspect", "aspects", "technique",
        "techniques", "side", "camp", "category", "field", "area", "one", "ones", "case", "fact", "stand",
        "stands", "adjective", "adjectives", "word", "words", "attribute", "attributes", "property", "properties",
        "trait", "traits", "quality", "qualities", "characteristic", "characteristics", "thinking", "idea",
        "concept", "notion", "principle", "used", "drawn", "made",
    ]
)  # fmt: skip
"""Words that only report or point: what they say of is said by the rest."""
_QUANTIFIERS = frozenset(("all", "every", "each", "any"))
_DESCRIBING = frozenset(("describe", "describes", "described", "characterize", "characterizes", "characterized"))
_PARTICLES = frozenset(("up", "down", "out", "off", "away", "back"))
_OWNING = frozenset(("of", "in", "for", "at", "behind"))
_LIGHT = frozenset(map(stem_of, ("have", "include", "involve", "comprise", "contain", "feature", "consist")))
_CONTENT = frozenset(("V", "MV", "R", "A", "I", "IB", "RQ"))


@dataclass(slots=True)
class Fit:
    """How a claim accounts for the words: which of them name an end in full, in part, or its property."""

    claim: Claim
    named: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    partly: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    predicate: bool = False
    headed: bool = False
    owners: set[str] = field(default_factory=set)
    beside: list[Claim] = field(default_factory=list)
    at: dict[str, int] = field(default_factory=dict)
    verbs: list[tuple[int, bool, bool, bool]] = field(default_factory=list)

    def touched(self, end: str | None) -> bool:
        """Whether the question says anything of an end."""
        return end is not None and (end in self.named or end in self.partly)


class Fitting:
    """Holds the words of one question against claims.

    Args:
        asker: the kit.
        question: with its setting set apart.
    """

    def __init__(self, asker: ClaimAsker, question: Question) -> None:
        self.terms = asker.terms
        self.types = asker.finder.types
        self.words = question.words
        self.about: Sequence[Claim] = ()
        self.bare = False
        self.asks = False
        self.stems = frozenset(w.stem for w in question.words)
        self._plain = frozenset(w.lower for w in question.words)
        self.owning = "'s" in self._plain or "of" in self._plain
        self.edges = read_words(question.words, asker.terms).edges

    def swappable(self, claim: Claim) -> bool:
        """Whether the ends of a claim are of one sort, so that they could change places."""
        return bool(self._sorts(claim.subject) & self._sorts(claim.object or ""))

    def _sorts(self, iri: str) -> frozenset[str]:
        """Return the classes of a thing but those that everything belongs to."""
        thing = self.terms.things.get(iri)
        return frozenset(thing.kinds if thing else ()) - self._common

    @cached_property
    def _common(self) -> frozenset[str]:
        kinds = [set(t.kinds) for t in self.terms.things.values() if t.kinds]
        return frozenset(set.intersection(*kinds)) if kinds else frozenset()

    def fit(self, claim: Claim) -> Fit | None:
        """Return how a claim accounts for the words, None where one is left over."""
        fit = Fit(claim)
        covered = [False] * len(self.words)
        for edges in self.edges:
            for edge in edges:
                if self._explains(edge, fit):
                    covered[edge.start : edge.end] = [True] * (edge.end - edge.start)
        fit.whole = fit.named | {e for e in (claim.subject, claim.object or "") if self._labelled(e)}
        left = [i for i, word in enumerate(self.words) if not covered[i] and not self._single(i, word, fit)]
        return fit if not left or self._beside(left, fit) else None

    def _labelled(self, iri: str) -> bool:
        """Whether the question has every word of a thing's label, in any order."""
        return iri in self.terms.things and self.stems.issuperset(key_words(self.terms.label(iri)))

    def _beside(self, left: Sequence[int], fit: Fit) -> bool:
        """Whether what is left names one thing of another sort, which a claim joins to a named end."""
        sorts = self._sorts(fit.claim.subject) | self._sorts(fit.claim.object or "")
        for edge in self.names[left[0]]:
            before = self.words[edge.start - 1].lower if edge.start else ""
            after = self.words[edge.end].lower if edge.end < len(self.words) else ""
            if (
                not self.bare
                and before not in _OWNING
                and "DO" not in FUNCTION_WORDS.get(before, ())
                and after not in ("'s", "'")
            ):
                continue
            for iri in edge.meaning.iris:
                joined = [
                    c for c in self.about if iri in {c.subject, c.object} and fit.named & {c.subject, c.object}
                ]
                if joined and not self._sorts(iri) & sorts and edge.start <= left[0] and left[-1] < edge.end:
                    fit.beside = [c for c in joined if c.polarity == "positive" and c.scenario is None]
                    return bool(fit.beside)
        return False

    def _explains(self, edge: Edge, fit: Fit) -> bool:
        """Whether an edge is about an end, the property or a qualifier of a claim; noted in the fit."""
        claim = fit.claim
        if edge.cat == "N" and isinstance(edge.meaning, Term):
            hit = {claim.subject, claim.object or ""} & set(edge.meaning.iris)
            for iri in hit:
                fit.named.add(iri)
                fit.at.setdefault(iri, edge.start)
            inside = any(
                e.end >= edge.end and e.end - e.start > edge.end - edge.start for e in self.names[edge.start]
            )
            kinds = [k for k in edge.meaning.kinds if not inside and self._of_kind(claim, k)]
            fit.kinds.update(kinds)
            return bool(hit or kinds)
        if edge.cat in _CONTENT:
            return self._property(edge, fit)
        if edge.cat == "X" and edge.mark.startswith("wording:"):
            return edge.mark.partition(":")[2] in {t for said in claim.qualifiers.values() for t in said}
        return False

    def _of_kind(self, claim: Claim, kind: str) -> bool:
        ends = (claim.subject, claim.object or "")
        return any(self.types.is_a(end, kind) for end in ends)

    def _property(self, edge: Edge, fit: Fit) -> bool:
        meaning = edge.meaning[0] if edge.cat == "RQ" else edge.meaning
        if not isinstance(meaning, Predicate):
            return False
        known = False
        for iri, inverse, prep in meaning.ways:
            if fit.claim.predicate in self.terms.below((iri,)) and self._governs(prep):
                known = fit.predicate = True
                if edge.cat in ("R", "RQ"):
                    fit.owners.add(fit.claim.subject if inverse else fit.claim.object or "")
                elif edge.cat in ("V", "MV") and not meaning.gerund:
                    fit.verbs.append((edge.start, inverse, meaning.be, meaning.participle))
        return known or self.words[edge.start].stem in _LIGHT  # *have*, *include*: the noun beside it decides

    def _governs(self, prep: str) -> bool:
        """Whether the words have the preposition that a phrase needs, and none at their end that it does not."""
        last = self.words[-1].lower
        if "P" in FUNCTION_WORDS.get(last, ()):
            return prep == last
        return prep in ("", "of") or prep in self._plain

    @cached_property
    def names(self) -> list[list[Edge]]:
        """The names of things over each word."""
        found: list[list[Edge]] = [[] for _ in self.words]
        for edges in self.edges:
            for edge in edges:
                if next(names_of(edge), None) and not edge.note.endswith(ONE_NAME):
                    for at in range(edge.start, edge.end):
                        found[at].append(edge)
        return found

    # ---- single words

    def _single(self, at: int, word: Spelling, fit: Fit) -> bool:
        """Whether a word that no term of the claim covers is accounted for all the same."""
        claim = fit.claim
        said = word.stem in self._said(claim)
        if self.asks and word.lower in _QUANTIFIERS:
            return True
        if word.lower in STRENGTH or said:
            return said
        if fit.predicate and word.stem in self._inside.get(claim.predicate, ()):
            return True
        if self._empty(word, claim) or self._taken(at, word):
            fit.predicate |= word.lower in _DESCRIBING and claim.predicate in self.types.copulas
            return self._empty(word, claim)
        return self._derived(at, word, fit) or self._alike(word, fit)

    def _derived(self, at: int, word: Spelling, fit: Fit) -> bool:
        """Whether a word is of the heading, a part of a name, or a form of a verb for the property."""
        claim, base = fit.claim, root(word.stem)
        if base in _headed(claim):
            fit.headed = True
            return True
        for end in (claim.subject, claim.object or ""):
            names = self._stems.get(end, frozenset())
            if word.stem in names or base in names:
                fit.partly.add(end)
                fit.at.setdefault(end, at)
                return True
        formed = root(base) in self._verbal.get(claim.predicate, ())
        fit.predicate |= formed
        return formed

    def _taken(self, at: int, word: Spelling) -> bool:
        """Whether a word names something else, a class, or what is done: then it is no part of a name."""
        if any(e.end > e.start + 1 or not is_participle(word.lower) for e in self.names[at]):
            return True
        here = [e for e in self.edges[at] if e.end == at + 1 and "(read as" not in e.note]
        kind = any(e.cat == "N" and isinstance(e.meaning, Term) and e.meaning.kinds for e in here)
        head = at == 1 or (
            at > 1 and self.words[at - 1].lower == "of" and at == 3
        )  # *which risk*, *what kind of risk*
        noun = at > 0 and "P" in FUNCTION_WORDS.get(self.words[at - 1].lower, ())
        done = is_participle(word.lower) or is_gerund(word.lower) or noun
        return (kind and head) or (not done and any(e.cat == "V" for e in here))

    def _empty(self, word: Spelling, claim: Claim) -> bool:
        """Whether a word has no content of its own, and its time is the claim's."""
        if word.lower in PRESENT:
            return claim.modality != "historical"
        if word.lower in PAST:
            return claim.modality == "historical"
        cats = FUNCTION_WORDS.get(word.lower, ())
        return (
            bool(cats)
            or word.lower in _PARTICLES
            or word.lower in NOISE
            or word.lower in _REPORTING
            or not word.lower[:1].isalnum()
        )

    def _alike(self, word: Spelling, fit: Fit) -> bool:
        """Whether a dictionary has the word as a synonym of a word of the names or of the property."""
        from kg.vocabulary.thesaurus import synonyms

        claim = fit.claim
        near = {
            key_words(text)[0] for text, _ in synonyms(word.lower) if len(text.split()) == 1 and key_words(text)
        }
        for end in (claim.subject, claim.object or ""):
            if near & self._stems.get(end, frozenset()) and end in fit.named:
                return True
        return False

    def _said(self, claim: Claim) -> frozenset[str]:
        texts = [t for name, said in claim.qualifiers.items() if name != "encodingNote" for t in said]
        return frozenset(s for t in texts for s in key_words(t))

    @cached_property
    def _stems(self) -> dict[str, frozenset[str]]:
        """The stems of the names of each thing, and what their derived forms share."""
        found: dict[str, set[str]] = {}
        for phrase, rows in self.terms.phrases.items():
            for row in rows:
                if row[0] == "thing":
                    found.setdefault(row[1], set()).update(phrase.split())
        return {iri: frozenset({*stems, *map(root, stems)}) for iri, stems in found.items()}

    @cached_property
    def _verbal(self) -> dict[str, set[str]]:
        """What the derived forms of the verbs for each property share: *dominance* has it from *dominate*."""
        found: dict[str, set[str]] = {}
        for phrase, rows in self.terms.phrases.items():
            for row in rows:
                if row[0] == "verb" and " " not in phrase and not row[5]:
                    found.setdefault(row[1], set()).add(root(root(phrase)))
        return found

    @cached_property
    def _inside(self) -> dict[str, set[str]]:
        """The words inside the phrases for each property: *risk* in *shift risk to*, which others may part."""
        found: dict[str, set[str]] = {}
        for phrase, rows in self.terms.phrases.items():
            for row in rows:
                if row[0] == "verb" and " " in phrase:
                    found.setdefault(row[1], set()).update(phrase.split()[1:])
        return found


def _headed(claim: Claim) -> frozenset[str]:
    """Return the roots of the words that stand right over a claim in its document."""
    heads = (e.heading.split("›")[-1] for e in claim.quotes if e.heading)
    return frozenset(root(s) for text in heads for s in key_words(text))


def names_of(edge: Edge) -> Iterator[str]:
    """Yield the things that an edge names."""
    if edge.cat == "N" and isinstance(edge.meaning, Term):
        yield from edge.meaning.iris
