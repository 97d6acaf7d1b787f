"""Whether what is found has as many things as a question speaks of: *the two models*, *three scenarios*."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.questions.claims.find import Found
from kg.questions.claims.meaning import Reading, Term
from kg.vocabulary.claim_terms import ClaimTerms

__all__ = ["tallies"]


def tallies(reading: Reading, found: Found, terms: ClaimTerms, numbers: Sequence[int]) -> bool:
    """Whether each number is that of a class that was named, of the things that were named, or of the answers.

    Args:
        reading: what was asked.
        found: what was found for it.
        terms: of the graph.
        numbers: as the question has them.
    """
    known = set(_named(reading.term, terms))
    for ends in ([row.cells[0] for row in found.rows], [row.cells[-1] for row in found.rows]):
        known.add(len({cell.value for cell in ends if cell is not None}))
    return known.issuperset(numbers)


def _named(term: Term, terms: ClaimTerms) -> Iterator[int]:
    yield len(term.iris)
    yield len(term.items)
    for kind in term.kinds:
        if kind in terms.kinds:
            yield terms.kinds[kind].size
    for link in term.links:
        yield from _named(link.other, terms)
