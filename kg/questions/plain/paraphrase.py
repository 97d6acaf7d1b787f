"""A reading said back in English, so that a person can see how the question was understood."""

from __future__ import annotations

from kg.questions.plain.graph import Edge, Filter, Node, QueryGraph
from kg.vocabulary import Vocabulary
from kg.vocabulary.measures import UNITS
from kg.vocabulary.schema import Step

__all__ = ["paraphrase"]

_OPERATORS = {">": "over", "<": "under", ">=": "at least", "<=": "at most", "=": "of exactly", "!=": "other than"}
_COUNTS = {">": "more than", "<": "fewer than", ">=": "at least", "<=": "at most", "=": "exactly"}
_NTH = {2: "nd", 3: "rd"}
_AGGREGATES = {"avg": "average", "sum": "total", "min": "smallest", "max": "largest"}
_ENDINGS = ("by", "in", "to", "through", "at", "on", "from", "with", "for", "of", "against")


def paraphrase(graph: QueryGraph, vocabulary: Vocabulary) -> str:
    """Return how a reading understands its question, as a noun phrase or a yes/no question."""
    speaker = _Speaker(graph, vocabulary)
    text = speaker.phrase(graph.focus, None, plural=True)
    if graph.form == "count":
        text = f"the number of {text}"
    shown = [
        speaker.name(n, plural=False)
        for i, n in enumerate(graph.nodes)
        if n.show and i != graph.focus and not n.each and n.kind != "gone"
    ]
    if shown and graph.form != "ask":
        text += f", with {_and(shown)}"
    groups = [speaker.name(n, plural=False) for n in graph.nodes if n.each]
    if groups:
        text += f", for each {_and(groups)}"
    if graph.form == "ask":
        return f"Is it so: {text}?"
    return text[:1].upper() + text[1:]


def plural_of(word: str) -> str:
    """Return the plural of a noun phrase by its last word.

    >>> plural_of("city"), plural_of("policy coverage detail"), plural_of("class")
    ('cities', 'policy coverage details', 'classes')
    """
    if word.endswith(("species", "series")):
        return word
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "ch", "sh")):
        return word + "es"
    return word + "s"


def _and(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


class _Speaker:
    def __init__(self, graph: QueryGraph, vocabulary: Vocabulary) -> None:
        self.graph = graph
        self.vocabulary = vocabulary

    def name(self, node: Node, *, plural: bool) -> str:
        """Return a node's own name without what restricts it."""
        if node.iris:
            labels = list(dict.fromkeys(self.vocabulary.label(i) for i in node.iris))
            return " or ".join(labels[:4])
        if node.texts:
            return " or ".join(dict.fromkeys(f"“{text}”" for text, _ in node.texts[:4]))
        if node.formula:
            return node.words
        if node.classes:
            names = dict.fromkeys(self.vocabulary.label(c).lower() for c in node.classes)
            return plural_of(" ".join(names)) if plural else " ".join(names)
        if node.role:
            return self._plain(node.role)
        return {"who": "those", "where": "places"}.get(node.question, "things")

    def phrase(self, number: int, came: Edge | None, *, plural: bool) -> str:
        """Return a node with everything that hangs on it."""
        node = self.graph.nodes[number]
        if node.kind == "value":
            return self._value(number, came)
        text = self.name(node, plural=plural)
        if node.superlative is not None:
            text = f"{self._extreme(node)} {text}"
        parts = [text]
        parts += [self._comparison(f) for f in node.filters]
        edges = sorted(
            (e for e in self.graph.edges_of(number) if e is not came),
            key=lambda e: self.graph.nodes[e.other(number)].kind == "value",
        )
        for edge in edges:
            parts.append(self._edge(number, edge))
        return " ".join(p for p in parts if p)

    def _extreme(self, node: Node) -> str:
        found = node.superlative
        if found is None:
            return ""
        limit = f"{found.limit} " if found.limit else ""
        rank = f"{found.rank}{_NTH.get(found.rank, 'th')} " if found.rank > 1 else ""
        direction = "highest" if found.sign > 0 else "lowest"
        by = self.vocabulary.label(found.steps[0].property).lower() if found.steps else "value"
        return f"{rank}{limit}{direction}-{by}".replace("  ", " ")

    def _value(self, number: int, came: Edge | None) -> str:
        node = self.graph.nodes[number]
        text = self.name(node, plural=False)
        link = next((e for e in self.graph.edges_of(number) if e.steps), None)
        if link is not None and link is not came and not (node.role or node.texts or node.formula):
            text = self.vocabulary.label(link.steps_from(number)[0].property)
        if node.superlative is not None:
            limit = f"{node.superlative.limit} " if node.superlative.limit else ""
            text = f"{limit}{'highest' if node.superlative.sign > 0 else 'lowest'} {text}"
        if node.aggregate:
            text = f"{_AGGREGATES.get(node.aggregate, node.aggregate)} {text}".replace("total total", "total")
        text = " ".join([text, *(self._comparison(f) for f in node.filters)])
        for edge in self.graph.edges_of(number):
            if edge is not came and (edge.steps or node.formula):
                text += f" of {self.phrase(edge.other(number), edge, plural=True)}"
        return text

    def _comparison(self, found: Filter) -> str:
        if found.node >= 0:
            return f"{'above' if '>' in found.op else 'below'} that of the other"
        if found.kind == "class":
            return f"that are not {plural_of(self.vocabulary.label(found.value).lower())}"
        if found.kind == "iri":
            return f"except {self.vocabulary.label(found.value)}"
        word = {">": "after", "<": "before", "in": "in"}.get(found.op, "") if found.kind == "date" else ""
        return f"{word or _OPERATORS.get(found.op, found.op)} {found.value}"

    def _edge(self, number: int, edge: Edge) -> str:
        child = edge.other(number)
        node = self.graph.nodes[child]
        if not edge.steps:
            return self._beyond(child, edge)
        step = edge.steps_from(number)[0]
        if node.show and node.kind == "value" and not (node.filters or node.superlative):
            return ""
        inner = self.phrase(child, edge, plural=True)
        if node.most:
            limit = f", the first {node.counted[1]}" if node.counted else ""
            return f"with the {'most' if node.most > 0 else 'fewest'} {inner}{limit}"
        if node.counted is not None:
            return f"with {_COUNTS.get(node.counted[0], '')} {node.counted[1]} {inner}"
        if node.kind == "value":
            if not node.role:
                inner = " ".join([self._label(step), *(self._comparison(f) for f in node.filters)])
            elif not node.filters and not node.superlative:
                inner = f"{self._label(step)} {inner}"
            article = "the " if node.superlative else ""
            return f"{'without' if edge.negative else 'with'} {article}{inner}"
        mine = self.graph.nodes[number].role
        return self._relation(step, inner, node, mine, negative=edge.negative)

    def _beyond(self, child: int, edge: Edge) -> str:
        others = [e for e in self.graph.edges_of(child) if e is not edge]
        return " ".join(f"compared with {self.phrase(e.other(child), e, plural=False)}" for e in others)

    def _label(self, step: Step) -> str:
        return self._plain(step.property)

    def _plain(self, property_: str) -> str:
        """Return a property's label without *has* and without the unit it ends in."""
        words = self.vocabulary.label(property_).lower().removeprefix("has ").split()
        if len(words) > 1 and words[-1] in UNITS:
            words = words[:-1]
        if len(words) > 1 and words[-1] == "in":
            words = words[:-1]
        return " ".join(words)

    def _relation(self, step: Step, inner: str, node: Node, mine: str, *, negative: bool) -> str:
        label = self._label(step)
        if mine == step.property and not negative:
            return f"of {inner}"
        words = label.split()
        verbal = words[-1] in _ENDINGS or (
            words[0].endswith("s") and not words[0].endswith("ss") and not node.role
        )
        no = "not " if negative else ""
        if verbal:
            finite = words[0].endswith("s") and not words[0].endswith("ss")
            if step.inverse:
                return f"that {inner} {'do not' if negative else ''} {label}".replace("  ", " ")
            return f"that {no}{label} {inner}" if finite else f"{no}{label} {inner}"
        if step.inverse:
            return f"that are {no}{label} of {inner}"
        if not node.iris and not node.classes:
            return f"{'without' if negative else 'with'} {inner}"
        return f"{'without' if negative else 'with'} {label} {inner}"
