"""Runs readings over claims: three-valued yes and no, rows, and what comes nearest where there is nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode

from kg.claims import KINDS, claim_order
from kg.questions.claims.compile import LIMIT, Context, Query, compile_term
from kg.questions.claims.meaning import Link, Reading, Term
from kg.questions.claims.near import Surroundings
from kg.questions.claims.rows import claim_rows, make_row
from kg.results import AnswerRow, Cell, Claim
from kg.terms import lexical
from kg.vocabulary.claim_terms import key_words

__all__ = ["Finder", "Found"]

_GRADED = ("frequency", "quantity", "degree", "alternative")
_QUANTIFIERS = frozenset(("all", "every", "each", "both"))
_HIDDEN = 0.1
_COUNTED = "counted among those that the graph names"
_DENYING = frozenset(("not", "isn't", "aren't", "never", "no", "doesn't", "don't"))
_SAME = (
    frozenset(["only", "solely", "exclusively", "purely", "alone", "just", "merely", "simply"]),
    frozenset(["all", "always", "every", "each", "entirely", "completely", "wholly", "fully", "never"]),
    frozenset(
        [
            "mostly",
            "mainly",
            "largely",
            "primarily",
            "predominantly",
            "chiefly",
            "most",
            "main",
            "primary",
            "principal",
            "chief",
        ]
    ),
    frozenset(["often", "frequently", "regularly", "commonly"]),
)


class Found(NamedTuple):
    """What a reading gave.

    Attributes:
        rows: the answer.
        claims: those behind the main relations, each once.
        sparql: what gave them.
        verdict: of a yes/no question: True, False, or None where nothing is stated.
        notes: what to say about it.
    """

    rows: tuple[AnswerRow, ...] = ()
    claims: tuple[Claim, ...] = ()
    sparql: str = ""
    verdict: bool | None = None
    notes: Sequence[str] = ()


class Finder(Surroundings):
    """Looks for answers in one dataset."""

    # ---- what is asked for

    def select(self, reading: Reading, context: Context) -> Found:
        """Return the rows of a question for things or values."""
        term = reading.term
        if not term.links:
            return self._listed(term, context)
        query = compile_term(term, self.terms, context)
        grouped = self._grouped(query, context, asking=False)
        if context.both and query.owner:
            grouped = self._complete(grouped, term)
        out = self.left_out(context)
        grouped = {c: s for c, s in grouped.items() if c[0] is None or c[0].iri not in out}
        grouped = _without_analogies(grouped, query)
        rows = tuple(make_row(cells, steps) for cells, steps in grouped.items())
        if context.both and query.owner:
            rows = tuple(row._replace(cells=row.cells[:1]) for row in rows)
        found = Found(tuple(sorted(rows, key=_row_order)), self._main(grouped, query), query.sparql)
        if reading.form == "count" and any("exemplification" in row.qualifiers for row in rows):
            return Found(sparql=query.sparql)  # examples among others cannot be counted
        if reading.form == "count" and rows:
            return found._replace(rows=(self._counted(found.rows, grouped),), notes=(_COUNTED,))
        return found

    def _grouped(
        self, query: Query, context: Context, *, asking: bool
    ) -> dict[tuple[Cell | None, ...], list[list[Claim]]]:
        """Return the claims behind each relation by the cells they support."""
        result = self.dataset.select(query.sparql, limit=LIMIT)
        width = 2 if query.owner else 1
        wanted = {lexical(t): None for row in result for t in row[width:] if t is not None}
        claims = {c.iri: c for c in self.reader.many(wanted)}
        grouped: dict[tuple[Cell | None, ...], list[list[Claim]]] = {}
        for row in result:
            steps = [claims[lexical(t)] for t in row[width:] if t is not None]
            if not all(
                self._worded(claim, link, context, asking=asking)
                for claim, (_, link) in zip(steps, query.links, strict=True)
                if link.main
            ) or not self._agree(steps, [link for _, link in query.links]):
                continue
            cells = tuple(self._cell(t) for t in row[:width])
            bucket = grouped.setdefault(cells, [[] for _ in steps])
            for kept, claim in zip(bucket, steps, strict=True):
                if claim not in kept:
                    kept.append(claim)
        return grouped

    def _cell(self, term: object) -> Cell | None:
        if isinstance(term, NamedNode):
            return Cell(self.terms.label(term.value), iri=term.value)
        if isinstance(term, Literal):
            datatype = term.datatype.value
            plain = datatype.endswith(("#string", "#langString"))
            return Cell(term.value, datatype=None if plain else datatype, lang=term.language or None)
        return None

    def _worded(self, claim: Claim, link: Link, context: Context, *, asking: bool) -> bool:
        """Whether a claim's own words bear out the adverbs and circumstances of the question."""
        if (context.present and claim.modality == "historical") or (
            context.past and claim.modality != "historical"
        ):
            return False
        if context.certain and claim.modality == "speculative":
            return False
        texts = [t.casefold() for words in claim.qualifiers.values() for t in words]
        for wanted in (*link.wording, *context.wordings):
            if not any(wanted.casefold() in text for text in texts):
                return False
        graded = [t.casefold() for name in _GRADED for t in claim.qualifiers.get(name, ())]
        for strength, word in context.strengths:
            same = next((group for group in _SAME if word in group), frozenset((word,)))
            said = any(_words(text) & same and not _words(text) & _DENYING for text in texts)
            if strength == "all" and not said and (asking or word not in _QUANTIFIERS):
                return False
            if (strength == "most" and graded and not said) or (strength == "less" and not graded):
                return False
        return True

    def _agree(self, steps: Sequence[Claim], links: Sequence[Link]) -> bool:
        """Whether claims that one verb joins name nothing in their own words but each other's ends."""
        if not any(link.paired for link in links):
            return True
        ends = {self.terms.label(e).casefold() for c in steps for e in (c.subject, c.object) if e}
        for claim, link in zip(steps, links, strict=True):
            named = {
                thing for words in claim.qualifiers.values() for text in words for thing in self._named_in(text)
            }
            if link.main and named and not named & ends:
                return False
        return True

    def _named_in(self, text: str) -> set[str]:
        """Return the labels of the things that the words of a qualifier name, with or without a preposition."""
        words = key_words(text)
        found = {
            w.key
            for part in (words, words[1:])
            if part
            for w in self.terms.words(" ".join(part))
            if w.cat == "thing"
        }
        return {self.terms.label(iri).casefold() for iri in found}

    def _complete(
        self, grouped: dict[tuple[Cell | None, ...], list[list[Claim]]], term: Term
    ) -> dict[tuple[Cell | None, ...], list[list[Claim]]]:
        """Keep the answers that hold of everything that *both … and* joins."""
        wanted = {i for link in term.links for item in link.other.items for i in item.iris}
        have: dict[Cell | None, set[str | None]] = {}
        for cells in grouped:
            have.setdefault(cells[0], set()).add(cells[1].iri if cells[1] else None)
        merged: dict[tuple[Cell | None, ...], list[list[Claim]]] = {}
        for cells, steps in grouped.items():
            if wanted <= have[cells[0]]:
                bucket = merged.setdefault((cells[0], None), [[] for _ in steps])
                for kept, claims in zip(bucket, steps, strict=True):
                    kept.extend(claims)
        return merged

    def _main(self, grouped: dict[tuple[Cell | None, ...], list[list[Claim]]], query: Query) -> tuple[Claim, ...]:
        found: dict[str, Claim] = {}
        for steps in grouped.values():
            for claims, (_, link) in zip(steps, query.links, strict=True):
                if link.main:
                    found.update((c.iri, c) for c in claims)
        return tuple(sorted(found.values(), key=claim_order))

    def _counted(
        self, rows: Sequence[AnswerRow], grouped: dict[tuple[Cell | None, ...], list[list[Claim]]]
    ) -> AnswerRow:
        """Return the one row of a count; a single value that is a number is the count itself."""
        if (
            len(rows) == 1
            and rows[0].cells[0] is not None
            and (rows[0].cells[0].datatype or "").endswith("integer")
        ):
            return rows[0]
        claims = [c for steps in grouped.values() for step in steps for c in step]
        integer = "http://www.w3.org/2001/XMLSchema#integer"
        row = make_row((Cell(str(len(rows)), datatype=integer),), [claims] if claims else [], "")
        named = ", ".join(c.value for r in rows for c in r.cells[:1] if c is not None)
        return row._replace(text=named)

    # ---- lists of a class

    def _listed(self, term: Term, context: Context) -> Found:
        if term.fixed or not term.kinds or self._unheard(context):
            return Found()
        query = compile_term(term, self.terms, context)
        things = self.dataset.select(query.sparql, limit=LIMIT).column("answer")
        mentions = self.mentions(things, context.voices)
        rows = []
        claims: list[Claim] = []
        for iri in things:
            about = mentions.get(iri, [])
            if about or context.include == ("background",):
                best = sorted(
                    about, key=lambda c: (c.modality == "analogy", c.scenario is not None, len(c.qualifiers))
                )
                row = make_row((Cell(self.terms.label(iri), iri=iri),), [best[:1]])
                rows.append(row._replace(qualifiers={}))  # the claim only shows that the text names the thing
                claims += best[:1]
        rows.sort(key=lambda r: min((e.start for e in r.evidence), default=10**9))
        found = Found(tuple(rows), tuple(claims), query.sparql)
        if term.counted and rows:
            number = self._counted(rows, {(None,): [claims]})._replace(qualifiers={})
            return found._replace(rows=(number,), notes=(_COUNTED,))
        return found

    def _unheard(self, context: Context) -> bool:
        """Whether the question has words about how something holds, and there is no claim to bear them out."""
        return bool(context.wordings) or any(word not in _QUANTIFIERS for _, word in context.strengths)

    # ---- yes, no, not stated

    def ask(self, reading: Reading, context: Context) -> Found:
        """Return the verdict on a statement, with the claims that decide."""
        term = reading.term
        if not term.links:
            return self._is_a(term, context)
        same = self._same_name(term)
        if same is not None:
            return same
        denied = any(link.negative for link in term.links if link.main)
        plain = term._replace(links=tuple(x._replace(negative=False) if x.main else x for x in term.links))
        yes = self._holds(plain, context)
        if yes.rows:
            return yes._replace(verdict=not denied)
        # that one thing does not do it is no answer to whether anyone does
        no = self._excluded(plain, context) if plain.fixed or plain.kinds else Found()
        if not no.rows and context.strengths:
            no = self._disowned(plain, context)
        if no.rows:
            return no._replace(verdict=denied)
        return Found(sparql=yes.sparql)

    def _holds(self, term: Term, context: Context, *, denied: bool = False) -> Found:
        query = compile_term(term, self.terms, context, denied=denied)
        grouped = self._grouped(query, context, asking=not denied)
        claims = tuple({c.iri: c for steps in grouped.values() for s in steps for c in s}.values())
        out = self.left_out(context)
        claims = tuple(c for c in claims if not {c.subject, c.object} & out)
        if claims and not denied and not self._covers(term, claims):
            claims = ()
        return Found(claim_rows(sorted(claims, key=claim_order), self.terms), claims, query.sparql)

    def _covers(self, term: Term, claims: Sequence[Claim]) -> bool:
        """Whether every part of what *and* joins has its claim."""
        ends = {e for c in claims for e in (c.subject, c.object)}
        joined = [term, *(link.other for link in term.links)]
        return all(set(item.iris) & ends for t in joined if t.mode == "and" for item in t.items if item.iris)

    def _excluded(self, term: Term, context: Context) -> Found:
        """Find what denies a statement: a negative claim, or a placement that excludes it."""
        found = self._holds(term, context._replace(strengths=()), denied=True)
        if found.rows or context.scenarios or len(term.links) != 1:
            return found
        link = term.links[0]
        placing = tuple(w for w in link.ways if not w[1] and w[0] in self.types.placements)
        elsewhere = tuple(dict.fromkeys(b for a, b in self.terms.excludes for iri in link.other.iris if a == iri))
        if not placing or not elsewhere or not term.iris:
            return found
        other = Term(iris=elsewhere)
        moved = term._replace(links=(link._replace(ways=placing, other=other),))
        placed = self._holds(moved, context._replace(strengths=(), wordings=()))
        firm = [c for c in placed.claims if c.modality == "asserted" and "degree" not in c.qualifiers]
        if not firm:
            return found
        names = " and ".join(dict.fromkeys(self.terms.label(c.object or "") for c in firm))
        note = f"no, because it is placed in {names}, which excludes {self.terms.label(link.other.iris[0])}"
        return placed._replace(rows=claim_rows(firm, self.terms), claims=tuple(firm), notes=(*placed.notes, note))

    def _firmly_named(self, term: Term) -> bool:
        """Whether a term is named by a label or alias, and not by a misspelling or a name no document uses."""
        phrase = " ".join(key_words(term.words))
        return any(w.key in term.iris and w.cost < _HIDDEN for w in self.terms.words(phrase))

    def _disowned(self, term: Term, context: Context) -> Found:
        """Find claims whose own words deny the adverb of the question: *isn't just* for *just*."""
        found = self._holds(term, context._replace(strengths=()))
        asked = {word for _, word in context.strengths}
        same = {w for group in _SAME if group & asked for w in group} | asked
        kept = [
            c
            for c in found.claims
            if any(_words(t) & same and _words(t) & _DENYING for words in c.qualifiers.values() for t in words)
        ]
        if not kept:
            return Found()
        notes = ["no, by the words of the claim"]
        return Found(claim_rows(kept, self.terms), tuple(kept), found.sparql, None, notes)

    def _is_a(self, term: Term, context: Context) -> Found:
        """*Is Trainium a chip line*: the graph's classes say yes, and never no."""
        if not term.kinds or self._unheard(context):
            return Found()
        iris = term.iris or tuple(i for item in term.items for i in item.iris)
        if not iris:
            listed = self._listed(term, context)
            return listed._replace(verdict=True if listed.rows else None)
        if not all(self.types.is_a(iri, kind) for iri in iris for kind in term.kinds):
            return Found()
        mentions = self.mentions(iris)
        rows = tuple(
            make_row((Cell(self.terms.label(iri), iri=iri),), [mentions[iri][:1]])
            for iri in iris
            if iri in mentions
        )
        label = ", ".join(self.terms.label(k) for k in term.kinds)
        claims = tuple(c for about in mentions.values() for c in about[:1])
        return Found(rows, claims, "", True if rows else None, [f"{label} is a class of the graph's ontology"])

    def _same_name(self, term: Term) -> Found | None:
        """*Is AWS Amazon Web Services*: two names of one thing."""
        link = term.links[-1]
        if len(term.links) != 1 or not term.iris or term.iris != link.other.iris:
            return None
        if not all(p in self.types.copulas for p, _ in link.ways):
            return None
        if not (self._firmly_named(term) and self._firmly_named(link.other)):
            return Found()
        mentions = self.mentions(term.iris)
        rows = tuple(make_row((Cell(self.terms.label(i), iri=i),), [about[:2]]) for i, about in mentions.items())
        return Found(rows, (), "", True if rows else None, ["both are names of the same thing"])


def _words(text: str) -> set[str]:
    """Return the words of a qualifier, in lower case."""
    return set(text.casefold().replace("’", "'").replace("-", " ").split())


def _without_analogies(
    grouped: dict[tuple[Cell | None, ...], list[list[Claim]]], query: Query
) -> dict[tuple[Cell | None, ...], list[list[Claim]]]:
    """Leave out what is only likened to a thing, where an unnamed relation also finds what belongs to it."""
    unnamed = [i for i, (_, link) in enumerate(query.links) if not link.ways]
    if not unnamed:
        return grouped
    kept = {
        cells: steps
        for cells, steps in grouped.items()
        if any(c.modality != "analogy" for i in unnamed for c in steps[i])
    }
    return kept or grouped


def _row_order(row: AnswerRow) -> tuple[int, tuple[int, int], str]:
    """Put the best grounded first, then go by the document."""
    place = min(((e.start, e.end) for e in row.evidence), default=(10**9, 0))
    return KINDS.index(row.kind), place, row.claims[0] if row.kind == "stated" and row.claims else row.text or ""
