"""Who did it: a thing that only records what someone did gives way to the one it names as having done it."""

from __future__ import annotations

from kg.questions.plain.graph import Node
from kg.questions.plain.state import State
from kg.vocabulary import Vocabulary
from kg.vocabulary.schema import Step
from kg.vocabulary.words import STOP_WORDS, root, stem, stems

__all__ = ["agents", "doers"]

_MADE = (
    "author creator contributor writer maker sender issuer submitter signer",
    "written created made issued sent submitted signed",
)
_MAKERS = frozenset(root(stem(word)) for words in _MADE for word in words.split(" "))
"""What only works and records have: nothing that acts has an author."""
_RECORDED = 0.3
"""What it costs to go on from the record of a deed to the doer."""


def agents(vocabulary: Vocabulary, class_: str) -> list[str]:
    """Return the properties that say who does what a class names: *author*, *creator*, *made by*."""
    found = []
    for property_ in sorted({u.property for u in vocabulary.schema.usages if u.domain == class_}):
        term = vocabulary.properties[property_]
        last = term.label.lower().split()[-1]
        if not term.is_data and (last.endswith(("er", "or", "ee")) or last == "by"):
            found.append(property_)
    return found


def doers(state: State, focus: int, vocabulary: Vocabulary) -> tuple[State, int] | None:
    """Return the reading that asks for the doer where *who* found a record of the deed; the same where it did not.

    *Who viewed the loft?* over viewings, each with its viewer, asks for the viewers. None where the graph
    does not say whose deed a record is.
    """
    asked = state.nodes[focus]
    if asked.question != "who" or asked.kind != "thing" or asked.classes or asked.role:
        return state, focus
    kinds = asked.types or frozenset(("",))
    if len(kinds) != 1:
        return state, focus
    (kind,) = kinds
    options = agents(vocabulary, kind)
    near = [e.steps for e in state.edges if focus in (e.source, e.target)]
    said = frozenset().union(*(_roots(vocabulary, step.property) for steps in near for step in steps))
    same = [p for p in options if said & _roots(vocabulary, p)]
    made = [p for p in options if _MAKERS & _roots(vocabulary, p)]
    led_to = any(u.range == kind for u in vocabulary.schema.usages)
    nameless = not led_to and not vocabulary.has_names(kind)
    chosen = same or made or (options if nameless else [])
    if not chosen or any(step.property in chosen for steps in near for step in steps):
        return state, focus
    if len(chosen) > 1:
        return None
    step = Step(chosen[0])
    person = Node("thing", types=vocabulary.schema.reach(kinds, step), question="who", words="who", show=True)
    grown, number = state.with_node(focus, question="", show=False).add(person)
    linked = grown.link(focus, number, (step,), (), negative=False, verb=True)
    return linked.but(focus=number).plus(_RECORDED), number


def _roots(vocabulary: Vocabulary, property_: str) -> frozenset[str]:
    return frozenset(root(word) for word in stems(vocabulary.label(property_)) if word not in STOP_WORDS)
