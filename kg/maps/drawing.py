"""The maps kgq draws: of a whole graph, around entities, of an answer, of paths, a comparison, a scenario."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from kg.maps.map import Map
from kg.maps.scene import FLAT_AT_MOST, KEY_AT_MOST, make_scene
from kg.maps.views import add_views
from kg.network import Comparison, Network, Path
from kg.results import Answer, AnswerRow, Claim, Derivation

__all__ = [
    "draw_answer",
    "draw_around",
    "draw_claims",
    "draw_comparison",
    "draw_overview",
    "draw_paths",
    "draw_scenario",
]


def draw_overview(
    network: Network,
    title: str,
    subtitle: str = "",
    *,
    limit: int | None = None,
    flat: bool = False,
    sizes: Mapping[str, float] | None = None,
) -> Map:
    """Return the map of a whole network.

    >>> draw_overview(Network((), {}), "Nothing").slug
    'nothing'

    Args:
        network: what to draw.
        title: what the page is called.
        subtitle: one line below it.
        limit: draw at most so many entities, the best connected, and say of how many.
        flat: draw all at once, even above 300 entities, where the overview is grouped otherwise.
        sizes: a number for each entity that decides how much it stands out.
    """
    part = network
    if limit is not None and limit < len(network.entities):
        joined = {iri: sum(map(len, beside.values())) for iri, beside in network.neighbours.items()}
        ranked = sorted(joined, key=lambda iri: (-joined[iri], network.label(iri), iri))
        part = network.among(ranked[:limit])
    many = len(part.entities) > KEY_AT_MOST
    scene = make_scene(
        part,
        title,
        subtitle,
        hidden_kinds=("inferred", "background") if many else ("background",),
        total=network,
        sizes=sizes,
        flat=flat or limit is not None,
    )
    return Map(add_views(scene))


def draw_around(network: Network, seeds: Sequence[str], title: str, subtitle: str = "", *, hops: int = 1) -> Map:
    """Return the map of some entities and what is at most so many hops from them.

    Args:
        network: where they are.
        seeds: IRIs of the entities.
        title: what the page is called.
        subtitle: one line below it.
        hops: how far to look.
    """
    near = network.within(seeds, hops)
    part = network.part(_up_to(network.claims, near, hops), keep=near)
    scene = make_scene(
        part,
        title,
        subtitle,
        seeds=[iri for iri in seeds if iri in near],
        total=network,
        key=_nearest(part, near),
        hidden_kinds=("background",),
    )
    return Map(add_views(scene, part=True))


def _up_to(claims: Iterable[Claim], distance: Mapping[str, int], hops: int) -> Iterator[Claim]:
    """Yield the claims that a walk of so many hops uses, and the values of the entities it starts from."""
    for claim in claims:
        ends = [distance.get(claim.subject, hops + 1)]
        ends += [] if claim.object is None else [distance.get(claim.object, hops + 1)]
        if max(ends) <= hops and min(ends) < max(1, hops):
            yield claim


def _nearest(network: Network, distance: Mapping[str, int]) -> list[str]:
    """Return the entities to show at first sight: the nearest, and among equals the best connected."""
    if not KEY_AT_MOST < len(distance) <= FLAT_AT_MOST:
        return []
    joined = {iri: sum(map(len, beside.values())) for iri, beside in network.neighbours.items()}
    ranked = sorted(distance, key=lambda iri: (distance[iri], -joined.get(iri, 0), network.label(iri), iri))
    return ranked[:KEY_AT_MOST]


def draw_answer(network: Network, answer: Answer, *, hops: int = 1) -> Map:
    """Return the map of an answer: its claims stressed, in their neighbourhood.

    Args:
        network: where the claims are.
        answer: an answer that was found.
        hops: how far around to look.
    """
    claims = _claims_of(network, answer.rows)
    chosen = [claim for claim in network.claims if claim.iri in claims]
    named = [end for claim in chosen for end in (claim.subject, claim.object or "")]
    named += [cell.iri or "" for row in answer.rows for cell in row.cells if cell is not None]
    seeds = [iri for iri in dict.fromkeys(named) if iri in network.entities]
    grounds = claims | {premise for claim in chosen for premise in _premises(claim.because)}
    told = network.part(c for c in network.claims if c.kind != "inferred" or c.iri in grounds)
    near = told.within(seeds, hops)
    part = told.part((c for c in _up_to(told.claims, near, hops)), keep=near)
    part = network.part([*part.claims, *(c for c in told.claims if c.iri in grounds)], keep=near)
    count = len(answer.rows)
    scene = make_scene(
        part,
        answer.question,
        f"{count} answer{'' if count == 1 else 's'} and what is next to them",
        seeds=seeds,
        answer=claims,
        total=network,
        key=_nearest(part, near),
        hidden_kinds=("background",) if all(row.kind != "background" for row in answer.rows) else (),
    )
    return Map(add_views(scene, part=True))


def _premises(proofs: Sequence[Derivation]) -> Iterator[str]:
    for proof in proofs[:1]:
        for premise in proof.premises:
            yield premise.claim
            yield from _premises(premise.because)


def _claims_of(network: Network, rows: Sequence[AnswerRow]) -> set[str]:
    """Return the IRIs of the claims that rows rest on: those they name, or the triples of a plain graph."""
    named = {iri for row in rows for iri in row.claims}
    triples = {" ".join((s.strip("<>"), p.strip("<>"), o)) for row in rows for s, p, o in row.triples}
    return {claim.iri for claim in network.claims if claim.iri in named or claim.iri in triples}


def draw_claims(
    network: Network,
    claims: Iterable[Claim],
    title: str,
    subtitle: str = "",
    *,
    lanes: Sequence[str] = (),
    hidden_kinds: Sequence[str] = (),
) -> Map:
    """Return the map of some claims and the entities they join, nothing else.

    Args:
        network: where the claims are.
        claims: what to draw.
        title: what the page is called.
        subtitle: one line below it.
        lanes: another order of the style's lanes, by their labels; those not named follow.
        hidden_kinds: kinds of claims that are off until the reader switches them on.
    """
    scene = make_scene(network.part(claims), title, subtitle, total=network, hidden_kinds=hidden_kinds)
    labels = [*(label for label in lanes if label in scene.style.lanes)]
    labels += [label for label in scene.style.lanes if label not in labels]
    lane = {iri: labels.index(scene.style.lanes[number]) for iri, number in scene.style.lane.items()}
    return Map(add_views(scene, (labels, lane), gap=100.0))


def draw_paths(network: Network, paths: Sequence[Path]) -> Map:
    """Return the map of the ways between two entities, from left to right, the best one stressed.

    Args:
        network: where they are.
        paths: the ways, best first; at least one.

    Raises:
        ValueError: there is no path.
    """
    if not paths:
        raise ValueError("there is no path to draw")
    best = paths[0]
    entities = dict.fromkeys(iri for path in paths for iri in path.entities)
    lane = {iri: path.entities.index(iri) for path in reversed(paths) for iri in path.entities}
    claims = [claim for path in paths for hop in path.hops for claim in hop.claims]
    steps = len(best.hops)
    ends = network.label(best.entities[0]), network.label(best.entities[-1])
    count = f"{len(paths)} ways of" if len(paths) > 1 else "one way of"
    scene = make_scene(
        network.part(claims, keep=entities),
        f"From {ends[0]} to {ends[1]}",
        f"{count} {steps} step{'' if steps == 1 else 's'}",
        seeds=best.entities,
        answer={claim.iri for hop in best.hops for claim in hop.claims},
        total=network,
    )
    labels = ["from", *(f"step {n}" for n in range(1, steps)), "to"]
    return Map(add_views(scene, (labels, lane), gap=150.0))


def draw_comparison(network: Network, comparison: Comparison) -> Map:
    """Return the map of two entities side by side: what is said of both stands between them.

    Args:
        network: where they are.
        comparison: what is said of each.
    """
    first, second = comparison.first, comparison.second
    sides: dict[str, set[str]] = {}
    for row in comparison.rows:
        if row.end in network.entities:
            sides.setdefault(row.end, set()).update(("first", "second") if row.side == "both" else (row.side,))
    lane = {iri: 2 if len(said) > 1 else 0 if "first" in said else 4 for iri, said in sides.items()}
    lane |= {first: 1, second: 3}
    names = network.label(first), network.label(second)
    claims = [claim for row in comparison.rows for claim in (*row.first, *row.second)]
    scene = make_scene(
        network.part([*claims, *comparison.between], keep=(first, second)),
        f"{names[0]} and {names[1]}",
        f"{sum(row.side == 'both' for row in comparison.rows)} things are said of both",
        seeds=(first, second),
        total=network,
        hidden_kinds=("background",),
        flat=True,
    )
    labels = (f"only {names[0]}", names[0], "both", names[1], f"only {names[1]}")
    return Map(add_views(scene, (labels, lane), gap=70.0))


def draw_scenario(network: Network, scenario: str, subtitle: str = "") -> Map:
    """Return the map of a scenario: what holds in it stressed, among what is claimed of the same entities.

    Args:
        network: where it is.
        scenario: IRI of the scenario.
        subtitle: one line below the title; by default the scenario's name.
    """
    part = network.in_scenario(scenario)
    inside: Collection[str] = {claim.iri for claim in part.claims if claim.scenario == scenario}
    names = [c.value for c in part.claims if c.subject == scenario and c.value is not None]
    title = f"{network.label(scenario)}: {names[0]}" if names else network.label(scenario)
    likely = f" ({names[1]})" if len(names) > 1 else ""
    scene = make_scene(
        part,
        title,
        subtitle or f"What would hold{likely}, and its context",
        answer=inside,
        total=network,
        hidden_kinds=("background",),
    )
    return Map(add_views(scene, gap=72.0, part=True))
