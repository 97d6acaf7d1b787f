"""What the graph says about things: all claims on them, their parts, and what comes nearest to a question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pyoxigraph import NamedNode

from kg.claims import ClaimReader, claim_order
from kg.dataset import Dataset
from kg.questions.claims.compile import LIMIT, Context, kinds_below
from kg.questions.claims.disputes import contested, find_contraries, marked
from kg.questions.claims.meaning import Term
from kg.questions.claims.rows import claim_rows
from kg.questions.claims.types import Types
from kg.results import AnswerRow, Claim
from kg.terms import lexical
from kg.vocabulary.claim_terms import ClaimTerms

__all__ = ["Surroundings"]


class Surroundings:
    """Looks around in one dataset."""

    def __init__(self, dataset: Dataset, terms: ClaimTerms, lang: str = "en") -> None:
        self.dataset = dataset
        self.terms = terms
        self.types = Types(terms)
        self.reader = ClaimReader(dataset, lang)

    def mentions(self, things: Iterable[str], voices: Sequence[str] = ()) -> dict[str, list[Claim]]:
        """Return the stated claims about each thing, those that introduce it first."""
        values = " ".join(str(NamedNode(iri)) for iri in things if not iri.startswith("_:"))
        if not values:
            return {}
        how = " ".join(str(NamedNode(iri)) for iri in self.terms.qualifiers)
        rows = self.dataset.select(
            f"SELECT DISTINCT ?thing ?claim {{ VALUES ?thing {{ {values} }} ?claim a kgq:StatedClaim"
            " { ?claim kgq:claimObject ?thing } UNION { ?claim kgq:claimSubject ?thing }"
            f" UNION {{ VALUES ?how {{ {how} }} ?claim ?how ?thing }} }}",
            limit=LIMIT,
        ).rows
        claims = {c.iri: c for c in self.reader.many(lexical(claim) for _, claim in rows)}
        found: dict[str, list[Claim]] = {}
        for thing, claim in rows:
            if not voices or claims[lexical(claim)].voice in voices:
                found.setdefault(lexical(thing), []).append(claims[lexical(claim)])
        for iri, about in found.items():
            about.sort(key=lambda c, iri=iri: (c.object != iri, claim_order(c)))  # type: ignore[misc]
        return found

    def disputed(
        self, rows: tuple[AnswerRow, ...], context: Context, *, asking: bool
    ) -> tuple[tuple[AnswerRow, ...], bool]:
        """Mark rows with what speaks against them; say whether that leaves a yes/no question disputed.

        What one voice says, or what holds in a scenario, is not held against others.
        """
        if context.voices or context.scenarios:
            return rows, False
        found = find_contraries(self.dataset, self.reader, rows, context.include)
        if not found:
            return rows, False
        disputed = asking and all(contested(row, found) for row in rows)
        rows = tuple(marked(row, found) for row in rows)
        if disputed:
            against = {c.iri: c for claims in found.values() for c in claims}
            rows += claim_rows(sorted(against.values(), key=claim_order), self.terms)
        return rows, disputed

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
        claims = {c.iri: c for c in self.reader.many(iri for _, iri in scored[: 3 * limit])}
        ranked = sorted(
            ((score, claim_order(claims[iri]), claims[iri]) for score, iri in scored[: 3 * limit]),
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
            f"SELECT DISTINCT ?claim"
            f" {{ VALUES ?end {{ {values} }} ?claim kgq:claimSubject|kgq:claimObject ?end }}",
            limit=LIMIT,
        )
        claims = [c for c in self.reader.many(rows.column("claim")) if c.kind in context.include]
        if context.voices:
            claims = [c for c in claims if c.voice in context.voices]
        if context.scenarios:
            claims = [c for c in claims if c.scenario and context.scenarios in (("*",), (c.scenario,))]
        return sorted(claims, key=claim_order)

    def left_out(self, context: Context) -> frozenset[str]:
        """Return the things that the question leaves out, with the members of groups among them."""
        if not context.excluded:
            return frozenset()
        groups = " ".join(str(NamedNode(i)) for i in context.excluded)
        placing = " ".join(str(NamedNode(i)) for i in self.types.placements)
        rows = self.dataset.select(
            f"SELECT DISTINCT ?member {{ VALUES ?group {{ {groups} }} VALUES ?placing {{ {placing} }}"
            " ?claim kgq:claimSubject ?member ; kgq:claimPredicate ?placing ; kgq:claimObject ?group ;"
            " kgq:polarity kgq:positive FILTER NOT EXISTS { ?claim kgq:inScenario ?scenario } }",
            limit=LIMIT,
        )
        return frozenset((*context.excluded, *rows.column("member")))

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
            f"SELECT DISTINCT ?claim"
            f" {{ VALUES ?voice {{ {values} }} ?claim kgq:statedBy ?voice ; kgq:claimPredicate ?p }}",
            limit=LIMIT,
        )
        return sorted(self.reader.many(rows.column("claim")), key=claim_order)

    def conditional(self, context: Context) -> list[Claim]:
        """Return the claims that hold on a condition or with an exception."""
        rows = self.dataset.select(
            "SELECT DISTINCT ?claim { VALUES ?how { kgq:condition kgq:exception } ?claim ?how ?words ;"
            " kgq:claimPredicate ?p }",
            limit=LIMIT,
        )
        return sorted(
            (c for c in self.reader.many(rows.column("claim")) if c.kind in context.include), key=claim_order
        )

    def parts(self, things: Sequence[str], context: Context) -> tuple[str, ...]:
        """Return what some things consist of, by a property whose sentence says *includes* or the like."""
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
