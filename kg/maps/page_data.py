"""A scene as the page reads it: plain data, short keys, everything in a fixed order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kg.claims import KINDS
from kg.maps.geometry import Room
from kg.maps.lettering import plain_label
from kg.maps.palette import ARROWS, CARD, COLOURS, GLYPHS, PAPER
from kg.maps.scene import Card, Line, Scene, View
from kg.results import Claim, Derivation, Evidence, Premise
from kg.terms import local_name

__all__ = ["PageData"]

_LAST = len(COLOURS["light"]) - 1


class PageData:
    """Numbers everything a scene mentions once, and writes each thing down by its number.

    Args:
        scene: what the page shows.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._network = scene.network
        style = scene.style
        self._entities = _numbered(scene.cards)
        self._claims = _numbered(claim.iri for claim in scene.network.claims)
        members = Counter(card.main_class for card in scene.cards.values())
        used = Counter(line.relation for line in scene.lines for _ in line.claims)
        label = scene.network.label
        by_class = sorted(members, key=lambda i: (style.class_family.get(i, _LAST), -members[i], label(i), i))
        by_relation = sorted(used, key=lambda i: (style.relation_family.get(i, _LAST), -used[i], label(i), i))
        scenarios = {line.scenario for line in scene.lines if line.scenario is not None}
        self._classes = {iri: (number, members[iri]) for number, iri in enumerate(by_class)}
        self._relations = {iri: (number, used[iri]) for number, iri in enumerate(by_relation)}
        self._scenarios = _numbered(sorted(scenarios, key=lambda i: (label(i), i)))
        self._documents = _numbered(e.document for c in scene.network.claims for e in c.quotes)
        self._voices = _numbered(c.voice for c in scene.network.claims if c.voice)

    def nodes(self) -> list[dict[str, Any]]:
        """Return the cards as options of pyvis nodes; the place in the list is the node's id."""
        slugs = _slugs(list(self._scene.cards))
        return [self._node(card, slugs[iri]) for iri, card in self._scene.cards.items()]

    def _node(self, card: Card, slug: str) -> dict[str, Any]:
        entity = self._network.entities[card.iri]
        optional = {
            "strong": card.strong,
            "seed": card.iri in self._scene.seeds,
            "alt": [plain_label(alias) for alias in entity.aliases],
            "note": entity.note,
            "slug": slug if slug != card.iri else "",
        }
        return {
            "label": plain_label(entity.label),
            "lines": list(card.lines),
            "iri": card.iri,
            "cls": self._classes[card.main_class][0],
            "fs": card.size,
            "n": card.statements,
            "w": card.width,
            "h": card.height,
            **{name: value for name, value in optional.items() if value},
        }

    def edges(self) -> list[dict[str, Any]]:
        """Return the lines as options of pyvis edges; ends are numbers of nodes."""
        return [self._edge(line) for line in self._scene.lines]

    def _edge(self, line: Line) -> dict[str, Any]:
        claims = [self._network.claims[number] for number in line.claims]
        words = dict.fromkeys(
            words for c in claims for name, many in c.qualifiers.items() if name != "order" for words in many
        )
        optional = {
            "p": line.place,
            "both": line.both,
            "neg": line.negative,
            "q": "; ".join(words),
            "hit": any(claim.iri in self._scene.answer for claim in claims),
        }
        found = {
            "from": self._entities[line.start],
            "to": self._entities[line.end],
            "r": self._relations[line.relation][0],
            "k": KINDS.index(line.kind),
            "c": list(line.claims),
            **{name: value for name, value in optional.items() if value},
        }
        if line.scenario is not None:
            found["s"] = self._scenarios[line.scenario]
        return found

    def rest(self) -> dict[str, Any]:
        """Return everything else: claims, legend, views, colours."""
        scene = self._scene
        return {
            "title": plain_label(scene.title),
            "subtitle": plain_label(scene.subtitle),
            "total": [scene.total_entities, scene.total_claims],
            "claims": [self._claim(claim) for claim in self._network.claims],
            "documents": list(self._documents),
            "voices": [plain_label(self._network.label(iri)) for iri in self._voices],
            "kinds": list(KINDS),
            "off": [f"k{KINDS.index(kind)}" for kind in scene.hidden_kinds],
            "views": [self._view(view) for view in scene.views],
            "theme": {"colours": COLOURS, "card": CARD, "paper": PAPER},
            "classes": self._legend_of_classes(),
            "families": {str(number): label for number, label in scene.style.families.items()},
            "relations": [
                {
                    "label": plain_label(self._network.label(iri)),
                    "f": scene.style.relation_family.get(iri, _LAST),
                    "n": count,
                }
                for iri, (_, count) in self._relations.items()
            ],
            "relationFamilies": {str(number): label for number, label in scene.style.relation_families.items()},
            "arrows": list(ARROWS),
            "scenarios": [plain_label(self._network.label(iri)) for iri in self._scenarios],
        }

    def _legend_of_classes(self) -> list[dict[str, Any]]:
        """Return the classes with a colour for the family and, within it, a shape for the class."""
        style = self._scene.style
        found = []
        for iri, (_, count) in self._classes.items():
            family = style.class_family.get(iri, _LAST)
            shape = GLYPHS[(family + style.shape(iri)) % len(GLYPHS)]
            label = plain_label(self._network.label(iri)) if iri else "no class"
            found.append({"label": label, "f": family, "g": shape, "n": count})
        return found

    def _view(self, view: View) -> dict[str, Any]:
        number = self._entities
        rooms = {"groups": [self._room(room) for room in view.rooms]} if view.rooms else {}
        return {
            **rooms,
            "name": view.name,
            "label": view.label,
            "detail": view.detail,
            "curved": view.curved,
            "tall": view.tall,
            "places": {str(number[iri]): list(place) for iri, place in view.layout.places.items()},
            "ways": {
                f"{number[a]}>{number[b]}": [list(p) for p in way] for (a, b), way in view.layout.ways.items()
            },
            "bands": [[band.label, band.left, band.right] for band in view.layout.bands],
        }

    def _room(self, room: Room) -> dict[str, Any]:
        return {
            "label": plain_label(room.label),
            "f": room.family,
            "x": room.centre[0],
            "y": room.centre[1],
            "w": room.width,
            "h": room.height,
            "members": [self._entities[iri] for iri in room.places],
            "all": [self._entities[iri] for iri in room.all],
            "total": len(room.all),
        }

    def _claim(self, claim: Claim) -> dict[str, Any]:
        label = self._network.label
        end = label(claim.object) if claim.object is not None else claim.value
        optional: dict[str, Any] = {
            "t": claim.text if claim.text != f"{label(claim.subject)} {label(claim.predicate)} {end}" else "",
            "v": None if claim.object is not None else claim.value,
            "o": None if claim.object is None else self._entities.get(claim.object),
            "neg": claim.polarity == "negative" or None,
            "q": [[name, words] for name, many in claim.qualifiers.items() for words in many],
            "m": claim.modality if claim.modality != "asserted" else "",
            "sc": plain_label(label(claim.scenario)),
            "by": None if claim.voice is None else self._voices[claim.voice],
            "e": [self._evidence(evidence) for evidence in claim.evidence],
            "because": [self._derivation(derivation) for derivation in claim.because[:1]],
            "note": claim.note,
            "source": claim.source,
            "id": claim.identifier,
        }
        return {
            "s": self._entities[claim.subject],
            "r": plain_label(label(claim.predicate)),
            "k": KINDS.index(claim.kind),
            **{name: value for name, value in optional.items() if value not in (None, "", [])},
        }

    def _evidence(self, evidence: Evidence) -> list[Any]:
        place = self._documents[evidence.document]
        return [evidence.quote, evidence.heading, evidence.start, evidence.end, place]

    def _derivation(self, derivation: Derivation) -> list[Any]:
        rule = derivation.label or local_name(derivation.rule)
        return [plain_label(rule), [self._premise(premise) for premise in derivation.premises]]

    def _premise(self, premise: Premise) -> int | dict[str, Any]:
        """Return the number of a premise that is a claim of this page, else the premise itself."""
        if premise.claim in self._claims:
            return self._claims[premise.claim]
        return {
            "t": premise.text,
            "k": KINDS.index(premise.kind),
            "e": [self._evidence(evidence) for evidence in premise.evidence],
            "because": [self._derivation(derivation) for derivation in premise.because[:1]],
        }

    def table(self) -> list[dict[str, str]]:
        """Return the claims as rows of the table that stands in the file, scripts or no scripts."""
        return [self._row(claim) for claim in self._network.claims]

    def _row(self, claim: Claim) -> dict[str, str]:
        label = self._network.label
        notes = ["denied"] if claim.polarity == "negative" else []
        notes += [claim.modality] if claim.modality != "asserted" else []
        notes += [f"in {label(claim.scenario)}"] if claim.scenario else []
        notes += [words for many in claim.qualifiers.values() for words in many]
        quote = claim.quotes[0] if claim.quotes else None
        more = f" (and {len(claim.quotes) - 1} more)" if len(claim.quotes) > 1 else ""
        return {
            "subject": plain_label(label(claim.subject)),
            "relation": plain_label(label(claim.predicate)),
            "object": plain_label(label(claim.object) if claim.object is not None else claim.value or ""),
            "kind": claim.kind,
            "notes": plain_label("; ".join(notes)),
            "quote": f"“{quote.quote}”{more}" if quote else "",
            "place": ", ".join(filter(None, (quote.heading, f"{quote.start}–{quote.end}")))
            if quote
            else claim.source or "",
        }


def _numbered(things: Iterable[str]) -> dict[str, int]:
    return {thing: number for number, thing in enumerate(dict.fromkeys(things))}


def _slugs(iris: Sequence[str]) -> Mapping[str, str]:
    """Return a short name for each IRI that is used once in this map, for links; else the IRI itself."""
    names = Counter(local_name(iri) for iri in iris)
    return {iri: name if names[name := local_name(iri)] == 1 and name else iri for iri in iris}
