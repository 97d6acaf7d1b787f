"""Runs readings over claims: three-valued yes and no, rows, and what comes nearest where there is nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pyoxigraph import Literal, NamedNode

from kg.claims import ClaimReader, claim_order
from kg.dataset import Dataset
from kg.questions.claims_compile import LIMIT, Context, Query, compile_term, kinds_below
from kg.questions.claims_meaning import Link, Reading, Term
from kg.questions.claims_rows import claim_rows, make_row
from kg.questions.claims_types import Types
from kg.results import AnswerRow, Cell, Claim
from kg.terms import lexical
from kg.vocabulary.claim_terms import ClaimTerms, key_words

__all__ = ["Finder", "Found"]

_GRADED = ("frequency", "quantity", "degree")
_QUANTIFIERS = frozenset(("all", "every", "each", "both"))
_SAME = (
    frozenset(["only", "solely", "exclusively", "purely", "alone"]),
    frozenset(["all", "always", "every", "each", "entirely", "completely", "wholly", "fully", "never"]),
    frozenset(["mostly", "mainly", "largely", "primarily", "predominantly", "chiefly", "most"]),
    frozenset(["often", "frequently", "regularly", "commonly"]),
)


@dataclass(slots=True)
class Found:
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
    notes: list[str] = field(default_factory=list)


class Finder:
    """Looks for answers in one dataset."""

    def __init__(self, dataset: Dataset, terms: ClaimTerms, lang: str = "en") -> None:
        self.dataset = dataset
        self.terms = terms
        self.types = Types(terms)
        self.reader = ClaimReader(dataset, lang)

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
        grouped = {c: s for c, s in grouped.items() if c[0] is None or c[0].iri not in context.excluded}
        rows = tuple(make_row(cells, steps) for cells, steps in grouped.items())
        if context.both and query.owner:
            rows = tuple(replace(row, cells=row.cells[:1]) for row in rows)
        found = Found(tuple(sorted(rows, key=_row_order)), self._main(grouped, query), query.sparql)
        if reading.form == "count" and rows:
            found.rows = (self._counted(found.rows, grouped),)
            found.notes.append("counted among those that the graph names")
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
        if context.present and claim.modality == "historical":
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
            said = any(set(text.replace("-", " ").split()) & same for text in texts)
            if strength == "all" and not said and (asking or word not in _QUANTIFIERS):
                return False
            if strength == "most" and graded and not said:
                return False
        return True

    def _agree(self, steps: Sequence[Claim], links: Sequence[Link]) -> bool:
        """Whether claims that one verb joins do not name other things in their own words than each other's ends."""
        if not any(link.paired for link in links):
            return True
        ends = {self.terms.label(e).casefold() for c in steps for e in (c.subject, c.object) if e}
        for claim, link in zip(steps, links, strict=True):
            named = {
                thing
                for words in claim.qualifiers.values()
                for text in words
                for thing in self._named_in(text)
            }
            if link.main and named and not named & ends:
                return False
        return True

    def _named_in(self, text: str) -> set[str]:
        """Return the labels of the things that the words of a qualifier name, with or without a preposition."""
        words = key_words(text)
        found = {w.key for part in (words, words[1:]) if part for w in self.terms.words(" ".join(part)) if w.cat == "thing"}
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
        return replace(row, text=named)

    # ---- lists of a class

    def _listed(self, term: Term, context: Context) -> Found:
        if term.fixed or not term.kinds or self._unheard(context):
            return Found()
        query = compile_term(term, self.terms, context)
        things = self.dataset.select(query.sparql, limit=LIMIT).column("answer")
        mentions = self.mentions(things, context)
        rows = []
        claims: list[Claim] = []
        for iri in things:
            about = mentions.get(iri, [])
            if about or context.include == ("background",):
                best = sorted(
                    about, key=lambda c: (c.modality == "analogy", c.scenario is not None, len(c.qualifiers))
                )
                row = make_row((Cell(self.terms.label(iri), iri=iri),), [best[:1]])
                rows.append(replace(row, qualifiers={}))  # the claim only shows that the text names the thing
                claims += best[:1]
        rows.sort(key=lambda r: min((e.start for e in r.evidence), default=10**9))
        found = Found(tuple(rows), tuple(claims), query.sparql)
        if term.count and rows:
            found.rows = (self._counted(rows, {(None,): [claims]}),)
            found.notes.append("counted among those that the graph names")
        return found

    def _unheard(self, context: Context) -> bool:
        """Whether the question has words about how something holds, and there is no claim to bear them out."""
        return bool(context.wordings) or any(word not in _QUANTIFIERS for _, word in context.strengths)

    def mentions(self, things: Iterable[str], context: Context) -> dict[str, list[Claim]]:
        """Return the stated claims about each thing, those that introduce it first."""
        values = " ".join(str(NamedNode(iri)) for iri in things if not iri.startswith("_:"))
        if not values:
            return {}
        rows = self.dataset.select(
            f"SELECT DISTINCT ?thing ?claim {{ VALUES ?thing {{ {values} }} ?claim a kgq:StatedClaim"
            " { ?claim kgq:claimObject ?thing } UNION { ?claim kgq:claimSubject ?thing } }",
            limit=LIMIT,
        ).rows
        claims = {c.iri: c for c in self.reader.many(lexical(claim) for _, claim in rows)}
        found: dict[str, list[Claim]] = {}
        for thing, claim in rows:
            found.setdefault(lexical(thing), []).append(claims[lexical(claim)])
        for iri, about in found.items():
            about.sort(key=lambda c, iri=iri: (c.object != iri, claim_order(c)))  # type: ignore[misc]
        return found

    # ---- yes, no, not stated

    def ask(self, reading: Reading, context: Context) -> Found:
        """Return the verdict on a statement, with the claims that decide."""
        term = reading.term
        if not term.links:
            return self._is_a(term, context)
        same = self._same_name(term, context)
        if same is not None:
            return same
        denied = any(link.negative for link in term.links if link.main)
        plain = replace(term, links=tuple(replace(x, negative=False) if x.main else x for x in term.links))
        yes = self._holds(plain, context)
        if yes.rows:
            yes.verdict = not denied
            return yes
        no = self._excluded(plain, context)
        if no.rows:
            no.verdict = denied
            return no
        return Found(sparql=yes.sparql)

    def _holds(self, term: Term, context: Context, *, denied: bool = False) -> Found:
        query = compile_term(term, self.terms, context, denied=denied)
        grouped = self._grouped(query, context, asking=not denied)
        claims = tuple({c.iri: c for steps in grouped.values() for s in steps for c in s}.values())
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
        found = self._holds(term, replace(context, strengths=()), denied=True)
        if found.rows or context.scenarios or len(term.links) != 1:
            return found
        link = term.links[0]
        placing = tuple(w for w in link.ways if not w[1] and w[0] in self.types.placements)
        elsewhere = tuple(dict.fromkeys(b for a, b in self.terms.excludes for iri in link.other.iris if a == iri))
        if not placing or not elsewhere or not term.iris:
            return found
        other = Term(iris=elsewhere)
        moved = replace(term, links=(replace(link, ways=placing, other=other),))
        placed = self._holds(moved, replace(context, strengths=(), wordings=()))
        firm = [c for c in placed.claims if c.modality == "asserted" and "degree" not in c.qualifiers]
        if not firm:
            return found
        placed.rows, placed.claims = claim_rows(firm, self.terms), tuple(firm)
        names = " and ".join(dict.fromkeys(self.terms.label(c.object or "") for c in firm))
        placed.notes.append(
            f"no, because it is placed in {names}, which excludes {self.terms.label(link.other.iris[0])}"
        )
        return placed

    def _is_a(self, term: Term, context: Context) -> Found:
        """*Is Trainium a chip line*: the graph's classes say yes, and never no."""
        if not term.kinds or self._unheard(context):
            return Found()
        iris = term.iris or tuple(i for item in term.items for i in item.iris)
        if not iris:
            listed = self._listed(term, context)
            listed.verdict = True if listed.rows else None
            return listed
        if not all(self.types.is_a(iri, kind) for iri in iris for kind in term.kinds):
            return Found()
        mentions = self.mentions(iris, context)
        rows = tuple(
            make_row((Cell(self.terms.label(iri), iri=iri),), [mentions[iri][:1]])
            for iri in iris
            if iri in mentions
        )
        label = ", ".join(self.terms.label(k) for k in term.kinds)
        claims = tuple(c for about in mentions.values() for c in about[:1])
        return Found(rows, claims, "", True if rows else None, [f"{label} is a class of the graph's ontology"])

    def _same_name(self, term: Term, context: Context) -> Found | None:
        """*Is AWS Amazon Web Services*: two names of one thing."""
        link = term.links[-1]
        if len(term.links) != 1 or not term.iris or term.iris != link.other.iris:
            return None
        if not all(p in self.types.copulas for p, _ in link.ways):
            return None
        mentions = self.mentions(term.iris, context)
        rows = tuple(make_row((Cell(self.terms.label(i), iri=i),), [about[:2]]) for i, about in mentions.items())
        return Found(rows, (), "", True if rows else None, ["both are names of the same thing"])

    # ---- what comes nearest

    def related(self, term: Term, limit: int = 5) -> tuple[AnswerRow, ...]:
        """Return the nearest claims of every kind, best first."""
        things = tuple(dict.fromkeys(_things(term)))
        properties = self.terms.below(dict.fromkeys((*_properties(term), *self._unnamed(term))))
        family = self._family(properties)
        wanted = []
        if things:
            values = " ".join(str(NamedNode(i)) for i in things)
            wanted.append(f"{{ VALUES ?end {{ {values} }} ?claim kgq:claimSubject|kgq:claimObject ?end }}")
        if family:
            values = " ".join(str(NamedNode(i)) for i in family)
            wanted.append(f"{{ VALUES ?used {{ {values} }} ?claim kgq:claimPredicate ?used }}")
        if not wanted:
            return ()
        result = self.dataset.select(
            f"SELECT DISTINCT ?claim ?s ?p ?o {{ {' UNION '.join(wanted)} ?claim kgq:claimSubject ?s ;"
            " kgq:claimPredicate ?p . OPTIONAL { ?claim kgq:claimObject ?o } }",
            limit=LIMIT,
        ).rows
        scored = []
        for claim, *ends in result:
            s, p, o = (None if t is None else lexical(t) for t in ends)
            named = sum(2 for i in things if i in (s, o))
            score = named + (3.0 if p in properties else 1.5 if p in family else 0.0)
            if score >= 2 and (named or not things):
                scored.append((-score, lexical(claim)))
        scored.sort()
        claims = {c.iri: c for c in self.reader.many(iri for _, iri in scored[: 6 * limit])}
        ranked = sorted(
            ((score, claim_order(claims[iri]), claims[iri]) for score, iri in scored[: 6 * limit]),
            key=lambda x: x[:2],
        )
        return claim_rows((c for _, _, c in ranked), self.terms)[:limit]

    def _unnamed(self, term: Term) -> Iterator[str]:
        """Yield the properties that may join a class to a thing where the question names none."""
        if term.kinds and any(not link.ways for link in term.links):
            for iri, relation in self.terms.relations.items():
                if set(term.kinds) & {*relation.ranges, *relation.domains}:
                    yield iri

    def _family(self, properties: Sequence[str]) -> tuple[str, ...]:
        """Return properties with those under the same general ones."""
        above = [a for p in properties if (r := self.terms.relations.get(p)) is not None for a in r.above]
        return tuple(dict.fromkeys((*properties, *self.terms.below(above))))

    def about(self, iris: Sequence[str], context: Context) -> list[Claim]:
        """Return the claims whose subject or object is one of some things, of the kinds that count."""
        values = " ".join(str(NamedNode(i)) for i in iris)
        rows = self.dataset.select(
            f"SELECT DISTINCT ?claim {{ VALUES ?end {{ {values} }} ?claim kgq:claimSubject|kgq:claimObject ?end }}",
            limit=LIMIT,
        )
        claims = [c for c in self.reader.many(rows.column("claim")) if c.kind in context.include]
        if context.voices:
            claims = [c for c in claims if c.voice in context.voices]
        if context.scenarios:
            claims = [c for c in claims if c.scenario and context.scenarios in (("*",), (c.scenario,))]
        return sorted(claims, key=claim_order)

    def inside(self, scenarios: Sequence[str], context: Context) -> list[Claim]:
        """Return the claims that are made in some scenarios."""
        values = " ".join(str(NamedNode(i)) for i in scenarios)
        rows = self.dataset.select(
            f"SELECT DISTINCT ?claim {{ VALUES ?scenario {{ {values} }} ?claim kgq:inScenario ?scenario ;"
            " kgq:claimPredicate ?p }",
            limit=LIMIT,
        )
        claims = (c for c in self.reader.many(rows.column("claim")) if c.kind in context.include)
        return sorted((c for c in claims if not context.voices or c.voice in context.voices), key=claim_order)

    def said(self, context: Context) -> list[Claim]:
        """Return the claims that some voices make."""
        values = " ".join(str(NamedNode(i)) for i in context.voices)
        rows = self.dataset.select(
            f"SELECT DISTINCT ?claim {{ VALUES ?voice {{ {values} }} ?claim kgq:statedBy ?voice ; kgq:claimPredicate ?p }}",
            limit=LIMIT,
        )
        return sorted(self.reader.many(rows.column("claim")), key=claim_order)

    def conditional(self, context: Context) -> list[Claim]:
        """Return the claims that hold on a condition or with an exception."""
        rows = self.dataset.select(
            "SELECT DISTINCT ?claim { VALUES ?how { kgq:condition kgq:exception } ?claim ?how ?words ; kgq:claimPredicate ?p }",
            limit=LIMIT,
        )
        return sorted(
            (c for c in self.reader.many(rows.column("claim")) if c.kind in context.include), key=claim_order
        )

    def parts(self, things: Sequence[str], context: Context) -> tuple[str, ...]:
        """Return what some things consist of: the objects of a property whose sentence says *includes* or *consists of*."""
        about = (c for c in self.about(things, context) if c.predicate in self.types.partitives)
        claims = [c for c in about if c.subject in things and c.object]
        counts: dict[str, list[str]] = {}
        for claim in claims:
            counts.setdefault(claim.predicate, []).append(claim.object or "")
        found = max(counts.values(), key=len, default=[])
        return tuple(dict.fromkeys(found)) if len(found) > 1 else ()

    def members(self, kind: str) -> tuple[str, ...]:
        """Return the instances of a class, those of classes below it among them."""
        below = set(kinds_below(self.terms, kind))
        return tuple(i for i, t in self.terms.things.items() if below & set(t.kinds) and not t.background)


def _row_order(row: AnswerRow) -> tuple[int, int]:
    return ("stated", "inferred", "background").index(row.kind), min(
        (e.start for e in row.evidence), default=10**9
    )


def _things(term: Term) -> Iterator[str]:
    yield from term.iris
    for item in term.items:
        yield from _things(item)
    for link in term.links:
        yield from _things(link.other)


def _properties(term: Term) -> Iterator[str]:
    for link in term.links:
        yield from (p for p, _ in link.ways)
        yield from _properties(link.other)
