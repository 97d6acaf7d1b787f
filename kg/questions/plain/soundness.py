"""What a complete reading must not do: drop a word, answer with the question, lean on a coincidence."""

from __future__ import annotations

from kg.questions.plain.state import State

__all__ = ["boundless", "coincidences", "echoes", "forgets", "miscounts", "unmeasured"]


def miscounts(state: State, focus: int) -> bool:
    """Whether *how many* has come to ask for a value that the question names."""
    asked = state.nodes[focus]
    return asked.question == "many" and bool(asked.texts)


def echoes(state: State, focus: int) -> bool:
    """Whether the answer would only be the thing that the question names."""
    asked = state.nodes[focus]
    if state.form != "select" or asked.kind != "entity" or len(asked.iris) != 1:
        return False
    return not any(node.show for number, node in enumerate(state.nodes) if number != focus)


def boundless(state: State, focus: int) -> bool:
    """Whether nothing says what is asked for, or nothing but what it is not."""
    node = state.nodes[focus]
    if node.kind != "thing" or node.classes or node.iris:
        return False
    edges = [e for e in state.edges if focus in (e.source, e.target)]
    return all(e.negative for e in edges)


def unmeasured(state: State, focus: int) -> bool:
    """Whether *the most* or a superlative was said of something, and nothing says of what it is the most."""
    if state.nodes[focus].most and state.nodes[focus].kind != "value":
        return True
    said = [(node.kind, node.superlative) for node in state.nodes if node.superlative is not None]
    return any(kind != "value" and not extreme.steps for kind, extreme in said)


def forgets(state: State) -> bool:
    """Whether *not* or *no* was said and nothing in the reading is denied."""
    if not state.denied:
        return False
    if any(edge.negative for edge in state.edges):
        return False
    for node in state.nodes:
        if any(f.op in ("!=", "!a") for f in node.filters) or any(text == "false" for text, _ in node.texts):
            return False
        if node.counted is not None and node.counted[0] in ("=", "<", "<=") and node.counted[1] <= 1:
            return False
    return True


def coincidences(state: State) -> int:
    """Count the unnamed things that two others only happen to share (*astronauts* and *moons*: an agency)."""
    found = 0
    for number, node in enumerate(state.nodes):
        if node.kind != "thing" or node.words or node.show or node.question:
            continue
        edges = [e for e in state.edges if number in (e.source, e.target)]
        if len(edges) != 2 or any(e.verb or e.negative or len(e.steps) != 1 for e in edges):
            continue
        found += all(e.steps_from(number)[0].inverse for e in edges)
    return found
