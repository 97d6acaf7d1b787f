"""Questions about claims, from the words to an answer: forms first, then the grammar, then the graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from kg.dataset import Dataset
from kg.questions.claims.chart import Item, parse
from kg.questions.claims.compile import Context
from kg.questions.claims.english import FUNCTION_WORDS
from kg.questions.claims.find import Finder, Found
from kg.questions.claims.lattice import Lattice, Spelling, read_words, words_of
from kg.questions.claims.meaning import Reading, Term
from kg.questions.claims.numbers import tallies
from kg.questions.claims.paraphrase import paraphrase, sentence_of
from kg.questions.claims.rules import Grammar
from kg.results import UNJOINED, Answer, AnswerRow, Claim
from kg.vocabulary.claim_terms import ClaimTerms, key_words

if TYPE_CHECKING:
    from kg.questions.claims.forms.question import Question

__all__ = ["ClaimAsker", "Understood", "ask_claims"]

_MARGIN = 0.12
_STRAINED = 1.6
_MAX_WORDS = 60


class Understood(NamedTuple):
    """What was made of some words.

    Attributes:
        context: what the words say about the whole question.
        readings: the best ones, cheapest first; empty if there is none.
        uncovered: the words nothing accounts for.
        notes: one line a stretch of words, and what else is to be said.
        loose: every word is known, but nothing joins them.
    """

    context: Context
    readings: Sequence[Reading] = ()
    uncovered: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    loose: bool = False


def ask_claims(
    dataset: Dataset,
    terms: ClaimTerms,
    text: str,
    *,
    include: Sequence[str] = ("stated", "inferred"),
    lang: str = "en",
) -> Answer:
    """Answer an English question from a graph with claims, or say why not.

    >>> from kg.engines.oxigraph import OxigraphEngine
    >>> ask_claims(Dataset(OxigraphEngine()), ClaimTerms(), "who buys chips?").uncovered
    ('buys', 'chips')
    """
    return ClaimAsker(dataset, terms, tuple(include), lang).answer(text)


def _has_value(item: Item) -> bool:
    """Whether a reading takes words for a literal, which costs a little more than for a name."""
    return any(link.other.value for link in item.meaning.term.links)


class ClaimAsker:
    """Answers questions about one graph; the forms use it as their kit.

    While ``brief`` holds, an answer that finds nothing does not look for what comes near.
    """

    def __init__(self, dataset: Dataset, terms: ClaimTerms, include: tuple[str, ...], lang: str = "en") -> None:
        self.terms = terms
        self.include = include
        self.brief = False
        self.finder = Finder(dataset, terms, lang)
        self._lattices: dict[tuple[Spelling, ...], Lattice] = {}
        self._known: dict[tuple[tuple[Spelling, ...], str], tuple[Lattice, list[Item]]] = {}

    @cached_property
    def grammar(self) -> Grammar:
        """The grammar over the graph's terms."""
        return Grammar(self.terms)

    def answer(self, text: str) -> Answer:
        """Answer a question."""
        from kg.questions.claims.forms import answer_form

        words = words_of(text, self.terms)
        if not words or len(words) > _MAX_WORDS:
            return Answer(text, "not_understood", explanation=("a question of one sentence is expected",))
        return answer_form(self, text, words, Context(include=self.include))

    # ---- understanding

    def understand(self, words: Sequence[Spelling], context: Context) -> Understood:
        """Read words as a question or a statement."""
        lattice, items = self._parsed(tuple(words), "S")
        if lattice.uncovered:
            return Understood(context, uncovered=lattice.uncovered)
        if not items:
            return Understood(context, uncovered=self._content(lattice), loose=True)
        best = items[0]
        marks = {leaf.mark for leaf in best.leaves}
        near = (i for i in items if i.cost <= best.cost + (2 if _has_value(i) else 1) * _MARGIN)
        kept = [i for i in near if {leaf.mark for leaf in i.leaves} == marks]
        readings = [i.meaning._replace(cost=i.cost, strain=i.cost - sum(e.cost for e in i.leaves)) for i in kept]
        return Understood(self._marked(best, context), readings, (), tuple(self._notes(best)))

    def _parsed(self, words: tuple[Spelling, ...], goal: str) -> tuple[Lattice, list[Item]]:
        """Return what the grammar makes of words; forms often look at the same ones."""
        known = self._known.get((words, goal))
        if known is None:
            lattice = self._lattices.get(words) or read_words(words, self.terms)
            self._lattices[words] = lattice
            items = [] if lattice.uncovered else parse(lattice, self.grammar.binary, self.grammar.unary, goal)
            known = self._known[words, goal] = lattice, items
        return known

    def _content(self, lattice: Lattice) -> tuple[str, ...]:
        """Return the words that carry content, where no reading joins them."""
        return tuple(
            dict.fromkeys(
                lattice.words[start].text
                for start, edges in enumerate(lattice.edges)
                if any(e.cat in ("N", "V", "R", "A", "I", "IB") for e in edges)
                and not any(e.cat not in ("N", "V", "R", "A", "I", "IB", "MV") for e in edges)
            )
        ) or tuple(w.text for w in lattice.words[:3])

    def _marked(self, item: Item, context: Context) -> Context:
        for leaf in item.leaves:
            kind, _, rest = leaf.mark.partition(":")
            if kind == "wording":
                context = context._replace(wordings=(*context.wordings, rest))
            elif kind == "strength":
                strength, _, word = rest.partition(":")
                context = context._replace(strengths=(*context.strengths, (strength, word)))
            elif leaf.cat == "DO" and leaf.meaning in ("will", "shall", "must"):
                context = context._replace(certain=True)
            elif kind == "number":
                context = context._replace(numbers=(*context.numbers, int(rest)))
            elif kind == "present":
                context = context._replace(present=True)
            elif kind == "past":
                context = context._replace(past=True)
            elif kind == "both":
                context = context._replace(both=True)
        return context

    def _notes(self, item: Item) -> Iterator[str]:
        for leaf in item.leaves:
            if leaf.note:
                yield leaf.note
            if leaf.cat == "N" and isinstance(leaf.meaning, Term):
                yield from self.alias_notes(leaf.meaning.iris, leaf.meaning.words)

    def alias_notes(self, iris: Sequence[str], words: str) -> Iterator[str]:
        """Say where a name or a thing comes from common knowledge and not from the text."""
        for iri in iris:
            thing = self.terms.things.get(iri)
            if thing is None:
                continue
            if any(key_words(name) == key_words(words) for name in thing.borrowed):
                yield f"“{words}” is common knowledge for {thing.label}; the text does not use this name"
            if thing.background:
                yield f"{thing.label} is known from background only; no document of the graph names it"

    # ---- answering

    def respond(self, text: str, understood: Understood, *, notes: Sequence[str] = ()) -> Answer:
        """Answer with the first of the readings that finds anything."""
        if not understood.readings:
            return self.not_understood(text, understood.uncovered, joined=not understood.loose)
        context = understood.context
        lines = (*notes, *understood.notes)
        first: Found | None = None
        for reading in understood.readings:
            found = self.find(reading, context)
            first = first or found
            if found.rows and context.numbers and not tallies(reading, found, self.terms, context.numbers):
                continue
            if found.rows and reading.strain <= _STRAINED:
                return self.answered(text, reading, found, lines, context)
        assert first is not None  # noqa: S101 - there is a reading
        return self.not_stated(text, understood.readings[0], first.sparql, lines, context)

    def find(self, reading: Reading, context: Context) -> Found:
        """Run one reading."""
        return (self.finder.ask if reading.form == "ask" else self.finder.select)(reading, context)

    def answered(
        self, text: str, reading: Reading, found: Found, notes: Sequence[str], context: Context
    ) -> Answer:
        """Return the answer that some rows give."""
        ask = reading.form == "ask"
        reading = self._narrowed(reading, found)
        width = max(len(row.cells) for row in found.rows)
        names = ("subject", "property", "object") if ask and width == 3 else ("answer", "of")
        rows, disputed = self.finder.disputed(found.rows, context, asking=ask)
        doubt = ("disputed: claims affirm it and deny it",) if disputed else ()
        return Answer(
            text,
            "answered",
            boolean=found.verdict if ask and not disputed else None,
            columns=names[:width],
            rows=rows,
            explanation=(*notes, *found.notes, *doubt, *self._hedges(rows), f"cost {reading.cost:.2f}"),
            paraphrase=paraphrase(reading, self.terms, context),
            sparql=found.sparql or None,
            disputed=disputed,
        )

    def _narrowed(self, reading: Reading, found: Found) -> Reading:
        """Return a reading with only those of its ways that gave anything."""
        used = {c.predicate for c in found.claims}
        links = []
        for link in reading.term.links:
            ways = tuple(w for w in link.ways if used.intersection(self.terms.below((w[0],))))
            links.append(link._replace(ways=ways) if ways and link.main else link)
        return reading._replace(term=reading.term._replace(links=tuple(links)))

    def related_to(self, words: Sequence[Spelling]) -> Term | None:
        """Return the cheapest reading of a noun phrase that is made of a relation, if there is one."""
        _, items = self._parsed(tuple(words), "N")
        return next((i.meaning for i in items if i.meaning.links and not i.meaning.iris), None)

    def _hedges(self, rows: Sequence[AnswerRow]) -> Iterator[str]:
        if any(row.modality == "historical" for row in rows):
            yield "told of the past; whether it still holds is not said"

    def not_stated(
        self, text: str, reading: Reading, sparql: str, notes: Sequence[str], context: Context
    ) -> Answer:
        """Say that a question was understood and that there is nothing, with what comes near."""
        missing = sentence_of(reading, self.terms, context)
        return Answer(
            text,
            "not_stated",
            related=() if self.brief else self.finder.related(reading.term),
            explanation=(*notes, f"not stated: {missing}", f"cost {reading.cost:.2f}"),
            paraphrase=paraphrase(reading, self.terms, context),
            sparql=sparql or None,
        )

    def not_understood(self, text: str, uncovered: Sequence[str], *, joined: bool = True) -> Answer:
        """Name the words nothing accounts for, and the nearest terms."""
        if not joined:  # the words are known: to offer them, or words like them, would not help
            return Answer(text, "not_understood", uncovered=tuple(uncovered), explanation=(UNJOINED,))
        suggestions = () if self.brief else self._suggest(uncovered)
        return Answer(text, "not_understood", uncovered=tuple(uncovered), suggestions=suggestions)

    def _suggest(self, words: Sequence[str]) -> tuple[str, ...]:
        from rapidfuzz import fuzz, process

        labels = [t.label for t in self.terms.things.values()]
        labels += [r.label for r in self.terms.relations.values()]
        found: dict[str, None] = {}
        for word in words[:3]:
            for label, _, _ in process.extract(word.lower(), labels, scorer=fuzz.WRatio, limit=2, score_cutoff=70):
                found.setdefault(label)
        return tuple(found)[:5]

    # ---- what the forms need

    @cached_property
    def base_context(self) -> Context:
        """The context of a question without any setting."""
        return Context(include=self.include)

    def answer_words(self, question: Question, words: Sequence[Spelling]) -> Answer:
        """Answer other words in place of the question's."""
        from kg.questions.claims.forms import FORMS

        changed = question._replace(words=tuple(words))
        for form in FORMS:
            answer = form(self, changed)
            if answer is not None:
                return answer
        return self.answer_plain(changed)

    def answer_plain(self, question: Question) -> Answer:
        """Answer a question as one clause; a thing alone is described, a scenario alone too."""
        from kg.questions.claims.forms.describe import describe
        from kg.questions.claims.forms.keywords import answer_keywords

        if not question.words:
            return self.not_understood(question.text, ())
        asking = FUNCTION_WORDS.get(question.words[0].lower, [])
        open_ended = not {"WHO", "WHAT", "WHICH", "HOW"} & set(asking)
        if question.context.excluded and open_ended:
            listed = self.understand((*words_of("list"), *question.words), question.context)
            if listed.readings:
                return self.respond(question.text, listed, notes=question.notes)
        if open_ended and (self.named(question.words) or self.claim_group(question.words)):
            return describe(self, question, question.words)
        understood = self.understand(question.words, question.context)
        answer = None if understood.loose else self.respond(question.text, understood, notes=question.notes)
        clause = any(w.lower in FUNCTION_WORDS for w in question.words)
        if answer is None or (answer.status == "not_stated" and not clause):
            found = answer_keywords(self, question)
            if found is not None and (answer is None or found.status == "answered"):
                return found
        return answer or self.respond(question.text, understood, notes=question.notes)

    def named(self, words: Sequence[Spelling]) -> tuple[str, ...]:
        """Return the things that some words name exactly, or as misspelt; empty if they name none."""
        if not words:
            return ()
        known = self._named(" ".join(w.stem for w in words))
        if known:
            return known
        lattice, parsed = self._parsed(tuple(words), "N")
        if lattice.uncovered:
            return ()
        whole = [
            e for edges in lattice.edges for e in edges if e.cat == "N" and e.start == 0 and e.end == len(words)
        ]
        best = [i for e in sorted(whole, key=lambda e: e.cost) for i in e.meaning.iris]
        if best:
            return tuple(best[:1])
        items = [i for i in parsed if i.meaning.iris and not any(e.mark.startswith("wording:") for e in i.leaves)]
        chosen = items[0].meaning if items else None
        return chosen.iris if chosen is not None and not chosen.links and items[0].cost < 1.3 else ()

    def _named(self, phrase: str) -> tuple[str, ...]:
        found = [w for w in self.terms.words(phrase) if w.cat == "thing"]
        low = min((w.cost for w in found), default=0.0)
        return tuple(dict.fromkeys(w.key for w in found if w.cost == low))

    def kind_named(self, words: Sequence[Spelling]) -> tuple[str, ...]:
        """Return the class that some words name exactly, if one does."""
        phrase = " ".join(w.stem for w in words)
        return tuple(w.key for w in self.terms.words(phrase) if w.cat == "kind")[:1]

    def thing_notes(self, things: Sequence[str], words: Sequence[Spelling]) -> tuple[str, ...]:
        """Say what some words were read as."""
        text = " ".join(w.text for w in words)
        named = ", ".join(self.terms.label(i) for i in things)
        return (f"{text}: {named}", *self.alias_notes(things, text))

    def claim_group(self, words: Sequence[Spelling]) -> tuple[str, ...]:
        """Return the properties of a class of claims that some words name (*risk allocation*)."""
        phrase = " ".join(w.stem for w in words)
        found = [w.key for w in self.terms.words(phrase) if w.cat == "claims"]
        return tuple(p for key in found for p in self.terms.claim_classes.get(key, ()))

    def extension(self, reading: Reading, context: Context) -> tuple[str, ...]:
        """Return the things that a reading stands for."""
        term = reading.term
        if term.items and not term.links:
            return tuple(i for item in term.items for i in item.iris)
        if term.iris and not term.links:
            part = self.finder.parts(term.iris, context)
            return part or term.iris
        rows = self.find(reading._replace(form="select"), context).rows
        return tuple(dict.fromkeys(r.cells[0].iri for r in rows if r.cells[0] is not None and r.cells[0].iri))

    def about_sparql(self, claims: Sequence[Claim]) -> str | None:
        """Return a query that gives some claims back."""
        if not claims:
            return None
        values = " ".join(f"<{c.iri}>" for c in claims)
        return (
            f"SELECT ?claim ?subject ?property ?object {{ VALUES ?claim {{ {values} }}"
            " ?claim kgq:claimSubject ?subject ; kgq:claimPredicate ?property ; kgq:claimObject"
            "|kgq:claimValue ?object }"
        )
