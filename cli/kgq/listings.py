"""Claims, things and search results as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kg.results import Claim
from kg.terms import compact
from kgq.answers import claim_kind, put_proof, put_quote
from kgq.output import Style
from kgq.text import Page

if TYPE_CHECKING:
    from kg.lookup.names import Entity
    from kg.lookup.pages import EntityPage
    from kg.lookup.search import Hit

__all__ = ["claims_text", "entity_text", "explained_text", "hits_text", "statistics_text"]

_SHOWN = 12


def entity_text(found: EntityPage, style: Style, width: int) -> str:
    """Return the page of a thing."""
    page = Page(style, width)
    types = ", ".join(kind.label for kind in found.types if not _machinery(kind))
    page.line(found.entity.label, right=types or found.entity.curie, mark=style.bold, right_mark=style.dim)
    if types:
        page.line(found.entity.curie, indent=2, mark=style.dim)
    if found.aliases:
        page.line(f"also {', '.join(found.aliases)}", indent=2, hang=5)
    for text in (found.definition, found.note):
        if text:
            page.line(text, indent=2)
    _put_instances(page, found.instances)
    _put_groups(page, "Claims", found.claims)
    _put_groups(page, "Mentioned in", found.mentions)
    _put_triples(page, found)
    return page.text()


def _machinery(kind: Entity) -> bool:
    return kind.curie.startswith(("owl:", "rdf:", "rdfs:", "skos:"))


def _put_instances(page: Page, instances: Sequence[Entity]) -> None:
    if instances:
        page.gap()
        page.line(f"Things of this class ({len(instances)})", mark=page.style.bold)
        page.line(", ".join(thing.label for thing in instances), indent=2)


def _put_groups(page: Page, title: str, groups: Sequence[Sequence[Claim]]) -> None:
    if not groups:
        return
    page.gap()
    page.line(f"{title} ({len(groups)})", mark=page.style.bold)
    for group in groups:
        _put_claim(page, group[0], indent=2)


def _put_claim(page: Page, claim: Claim, *, indent: int = 0) -> None:
    told = claim.scenario is not None or claim.modality in claim.text
    kind = claim_kind(claim.kind, "" if told else claim.modality)
    name = f"{claim.identifier} " if claim.identifier else ""
    page.line(
        claim.text,
        right=f"{name}{kind}",
        indent=indent,
        hang=2,
        right_mark=lambda text: page.style.kind(claim.kind, text),
    )


def _put_triples(page: Page, found: EntityPage) -> None:
    properties = [each for each in found.properties if not each[0].curie.startswith("kgq:")]
    if properties:
        page.gap()
        page.line("Properties", mark=page.style.bold)
        for property_, value, _ in properties:
            page.line(f"{property_.label}: {value}", indent=2, hang=2)
    if found.references:
        page.gap()
        page.line("Referred to by", mark=page.style.bold)
        for property_, thing in found.references:
            page.line(f"{thing.label} · {property_.label}", indent=2, hang=2)


def claims_text(groups: Sequence[Sequence[Claim]], style: Style, width: int) -> str:
    """Return a list of claims, one line each; what says the same thing stands once."""
    page = Page(style, width)
    for group in groups:
        _put_claim(page, group[0])
    return page.text()


def explained_text(claim: Claim, style: Style, width: int) -> str:
    """Return a claim with what it rests on, down to the quotes."""
    page = Page(style, width)
    page.line(
        claim.text,
        right=claim_kind(claim.kind, claim.modality),
        hang=2,
        mark=style.bold,
        right_mark=lambda text: style.kind(claim.kind, text),
    )
    name = claim.identifier or compact(claim.iri)
    details = [name]
    details += [f"said by {claim.labels[claim.voice]}" for _ in [0] if claim.voice]
    details += [f"in {claim.labels[claim.document]}" for _ in [0] if claim.document]
    page.line(" · ".join(details), indent=2, hang=2, mark=style.dim)
    for quality, words in claim.qualifiers.items():
        page.line(f"{quality}: {'; '.join(words)}", indent=2, hang=2)
    for relation, others in claim.relations.items():
        names = ", ".join(compact(other).rsplit("/", 1)[-1].strip(">") for other in others)
        page.line(f"{relation}: {names}", indent=2, hang=2)
    if claim.source:
        page.line(f"source: {claim.source}", indent=2, hang=2)
    if claim.note:
        page.line(f"note of the encoders: {claim.note}", indent=2, hang=2, mark=style.dim)
    for evidence in claim.evidence:
        put_quote(page, evidence)
        page.line(f"characters {evidence.start}–{evidence.end}", indent=3, mark=style.dim)
    put_proof(page, claim.because)
    return page.text()


def hits_text(hits: Sequence[Hit], style: Style, width: int) -> str:
    """Return search results: names first, then quotes with the claims they show."""
    page = Page(style, width)
    for hit in hits:
        if hit.kind == "name":
            known = "" if hit.text == hit.label else f"  (as “{hit.text}”)"
            page.line(hit.label + known, right=compact(hit.iri), hang=2, mark=style.bold, right_mark=style.dim)
    page.gap()
    for hit in hits:
        if hit.kind == "quote":
            names = [identifier or compact(iri) for iri, identifier in hit.claims]
            shown = ", ".join(names[:_SHOWN]) + (f" +{len(names) - _SHOWN}" if len(names) > _SHOWN else "")
            page.line(f"“{hit.text}”", right=shown, hang=1, right_mark=lambda text: style.kind("stated", text))
            if hit.heading:
                page.line(f"§ {hit.heading}", indent=1, hang=2, mark=style.dim)
    return page.text()


def statistics_text(data: dict[str, Any], style: Style, width: int) -> str:
    """Return counts: the plain ones first, then each group of them."""
    page = Page(style, width)
    for name, value in data.items():
        if isinstance(value, int):
            page.line(f"{value:>9,}  {name.replace('_', ' ')}")
    for name, value in data.items():
        if isinstance(value, dict) and value:
            page.gap()
            page.line(name.replace("_", " ").capitalize(), mark=style.bold)
            for each, count in value.items():
                page.line(f"{count:>7,}  {each}", indent=2, hang=9)
    return page.text()
