"""Makes terms of facts: words for each class, property and entity, and the usage counts between them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote

from kg.terms import local_name
from kg.vocabulary.datatypes import is_date, is_number
from kg.vocabulary.measures import UNITS, graded, is_unit
from kg.vocabulary.reader import Facts
from kg.vocabulary.terms import ClassTerm, EntityTerm, PropertyTerm, Usage
from kg.vocabulary.usage import UsageCounter, UsageCounts
from kg.vocabulary.words import STOP_WORDS, split_name, stem, stems, tokenize

__all__ = ["TELLING", "ClassCounts", "Parts", "build_entity", "build_parts", "build_schema", "superclasses"]

_COST = {"label": 0.0, "alt": 0.04, "hidden": 0.1}
_LEADING = ("has", "have", "is", "are", "was", "were", "get", "does", "be", "been", "had")
_TRAILING = ("of", "in", "on", "by", "to", "for", "from", "with", "at", "through", "into", "as", "over")
TELLING = frozenset(("about",))
"""Small words that say something where they are all of a property's name."""
_OPAQUE = re.compile(r"(?:[a-zA-Z]{0,3}[-_]?\d+|[0-9a-fA-F-]{16,}|.*\d{5,}.*)\Z")
_UNIT = re.compile(
    r"\(([^()]{1,12})\)\s*\Z|\bin ((?:square |cubic |million |billion |thousand )?[a-zA-Z$€£²³/]+)\b"
)
_HEAD = 0.2


class Parts:
    """Everything a vocabulary is made of; see :class:`kg.vocabulary.Vocabulary` for the attributes."""

    def __init__(self) -> None:
        self.classes: dict[str, ClassTerm] = {}
        self.properties: dict[str, PropertyTerm] = {}
        self.entities: dict[str, EntityTerm] = {}
        self.usages: list[Usage] = []
        self.values: list[tuple[str, str, str]] = []


def _closure(supers: dict[str, set[str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for start, above in supers.items():
        seen: set[str] = set()
        queue = list(above)
        while queue:
            item = queue.pop()
            if item not in seen and item != start:
                seen.add(item)
                queue.extend(supers.get(item, ()))
        found[start] = tuple(sorted(seen))
    return found


def _name_of(iri: str) -> str:
    return split_name(local_name(iri))


def _label(facts: Facts, iri: str) -> str:
    for text, kind in facts.labels.get(iri, ()):
        if kind == "label":
            return text
    return _name_of(iri)


def _entity_label(facts: Facts, iri: str) -> str:
    for text, kind in facts.labels.get(iri, ()):
        if kind == "label":
            return text
    return unquote(local_name(iri)).replace("_", " ") if not iri.startswith("_:") else iri


def _class_forms(facts: Facts, iri: str) -> tuple[tuple[str, float], ...]:
    forms: dict[str, float] = {}
    for text, kind in facts.labels.get(iri, ()):
        forms.setdefault(text, _COST[kind])
    for text, _ in facts.lexicon.get(iri, ()):
        forms.setdefault(text, 0.02)
    forms.setdefault(_name_of(iri), 0.0 if not forms else 0.15)
    return tuple(forms.items())


def _strip_property(words: list[str]) -> list[tuple[list[str], float]]:
    """Return a property's label without its auxiliary, and without its closing preposition."""
    found = [(words, 0.0)]
    body = words
    if len(words) > 1 and words[0] in _LEADING:
        body = words[1:]
        found.append((body, 0.0))
    if len(body) > 1 and body[-1] in _TRAILING:
        found.append((body[:-1], 0.1))
    return found


def _property_forms(
    facts: Facts, iri: str, domains: Iterable[str], ranges: Iterable[str], nouns: set[tuple[str, ...]]
) -> tuple[tuple[str, float, bool], ...]:
    forms: dict[tuple[str, bool], float] = {}

    def add(text: str, cost: float, inverse: bool = False) -> None:
        idle = all(w in STOP_WORDS for w in text.split()) and text not in TELLING
        if text and cost < forms.get((text, inverse), 9.0) and not idle:
            forms[text, inverse] = cost

    for text, kind in [*facts.labels.get(iri, ()), (_name_of(iri), "name")]:
        base = _COST.get(kind, 0.15 if facts.labels.get(iri) else 0.0)
        plain = re.sub(r"\s*\([^)]*\)\s*$", "", text) or text
        words = [t.lower for t in tokenize(plain) if t.is_word]
        if len(words) > 1 and words[-1] in UNITS:
            add(" ".join(words), base + 0.01)
            words = words[:-1]
            add(" ".join(words), base + 0.02)
        for body, cost in _strip_property(words):
            add(" ".join(body), base + cost, cost > 0 and words[-1] == "of")
            for part, extra in _without_classes(body, domains, ranges):
                add(part, base + cost + extra)
        for part, extra in _partial(words, nouns):
            if not (words[-1] == "of" and part == " ".join(words[:-1])):
                add(part, base + extra)
    for text, inverse in facts.lexicon.get(iri, ()):
        add(text, 0.0, inverse)
    named = {w.lower() for w in _label(facts, iri).split()}
    for word in _comment_words(facts.comments.get(iri, ""), nouns):
        if word not in named:
            add(word, 0.75)
    return tuple((text, cost, inverse) for (text, inverse), cost in forms.items())


def _without_classes(words: list[str], domains: Iterable[str], ranges: Iterable[str]) -> list[tuple[str, float]]:
    """Return a property's words without the name of the class it starts from or leads to."""
    found = []
    lowered = [stem(w) for w in words]
    for name in domains:
        head = list(stems(name))
        if head and lowered[: len(head)] == head and len(words) > len(head):
            found.append((" ".join(words[len(head) :]), 0.3))
    for name in ranges:
        tail = list(stems(name))
        if tail and lowered[-len(tail) :] == tail and len(words) > len(tail):
            rest = words[: -len(tail)]
            found.append((" ".join(rest), 0.15))
            if rest[-1] in _TRAILING and len(rest) > 1:
                found.append((" ".join(rest[:-1]), 0.2))
    return found


def _partial(words: list[str], nouns: set[tuple[str, ...]]) -> list[tuple[str, float]]:
    """Return the shorter pieces of a label, dearer the more they leave out; never the name of a class."""
    content = [w for w in words if w not in STOP_WORDS and not (w == words[0] and w in _LEADING)]
    total = len(content)
    found = []
    for size in range(1, min(total, 5)):
        for start in range(total - size + 1):
            piece = content[start : start + size]
            if any(graded(w) for w in content if w not in piece):
                continue
            if tuple(stem(w) for w in piece) in nouns or (size == 1 and len(piece[0]) < 3):
                continue
            found.append((" ".join(piece), 0.3 + 0.5 * (total - size) / total))
    return found


def _comment_words(comment: str, nouns: set[tuple[str, ...]]) -> list[str]:
    words = [t for t in tokenize(comment) if t.is_word and t.lower.isalpha()]
    if len(words) > 25:
        return []
    return sorted(
        {t.lower for t in words if t.lower not in STOP_WORDS and (t.stem,) not in nouns and len(t.lower) > 3}
    )


def _entity_forms(facts: Facts, iri: str, class_names: set[tuple[str, ...]]) -> tuple[tuple[str, float], ...]:
    forms: dict[str, float] = {}
    for text, kind in facts.labels.get(iri, ()):
        forms.setdefault(text, _COST[kind])
        short = re.sub(r"\s*\([^)]*\)\s*$", "", text)
        if short and short != text:
            forms.setdefault(short, 0.1)
        words = tokenize(short)
        for cut in (1, 2):
            if len(words) > cut:
                if tuple(t.stem for t in words[-cut:]) in class_names:
                    forms.setdefault(short[: words[-cut].start].strip(), 0.15)
                if tuple(t.stem for t in words[:cut]) in class_names:
                    forms.setdefault(short[words[cut].start :].strip(), 0.15)
    for text, _ in facts.lexicon.get(iri, ()):
        forms.setdefault(text, 0.03)
    name = local_name(iri)
    if not forms and not iri.startswith("_:") and not _OPAQUE.match(name):
        forms[split_name(name)] = 0.05
        forms.setdefault(name, 0.06)  # people write SkyNord as it is written there
    elif not iri.startswith("_:") and any(c.isdigit() for c in name):
        forms.setdefault(name, 0.1)
    return tuple(forms.items())


def _add_heads(parts: Parts, taken: set[tuple[str, ...]]) -> None:
    """Let the last word of a class's name stand for it (*trial*: clinical trial), unless others have it too.

    Kinds of the class itself are no others: a *plant* is any power plant.
    """
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for iri, term in parts.classes.items():
        for text, cost in term.forms:
            words = text.lower().split()
            head = words[-1] if len(words) > 1 and not any(map(graded, words)) else ""
            if len(head) > 3 and head.isalpha() and cost < _COST["hidden"] and stems(head) not in taken:
                found[head].setdefault(iri, cost + _HEAD)
    for head, owners in found.items():
        tops = [
            iri for iri in owners if all(other == iri or iri in parts.classes[other].supers for other in owners)
        ]
        if tops:
            iri, cost = tops[0], owners[tops[0]]
            parts.classes[iri] = replace(parts.classes[iri], forms=(*parts.classes[iri].forms, (head, cost)))


def _unit(text: str, comment: str) -> str:
    words = text.lower().split()
    if len(words) > 1 and words[-1] in UNITS:
        return words[-1]
    for source in (text, comment):
        for match in _UNIT.finditer(source):
            found = (match.group(1) or match.group(2)).strip().lower()
            whole = source.lower().strip(" .") == f"in {found}"
            if match.group(1) or whole or is_unit(found.split()[-1]):
                return found
    return ""


def _property(facts: Facts, iri: str, count: UsageCounts, nouns: set[tuple[str, ...]]) -> PropertyTerm:
    datatypes = count.datatypes.get(iri)
    datatype = datatypes.most_common(1)[0][0] if datatypes else ""
    if datatype and not is_number(datatype) and not is_date(datatype):
        datatype = next((r for r in sorted(facts.ranges.get(iri, ())) if is_number(r) or is_date(r)), datatype)
    domains = count.domains.get(iri, set()) | facts.domains.get(iri, set())
    ranges = count.ranges.get(iri, set()) | facts.ranges.get(iri, set())
    label, comment = _label(facts, iri), facts.comments.get(iri, "")
    return PropertyTerm(
        iri,
        label,
        _property_forms(
            facts,
            iri,
            sorted({_label(facts, d) for d in domains}),
            sorted({_label(facts, r) for r in ranges}),
            nouns,
        ),
        datatype,
        iri in facts.transitive,
        iri in facts.symmetric,
        facts.inverses.get(iri, ""),
        iri in count.functional,
        iri in count.identifying,
        _unit(label, comment) if datatype and is_number(datatype) else "",
        comment,
    )


def _imply_types(
    facts: Facts, types: dict[str, tuple[str, ...]], supers: dict[str, tuple[str, ...]]
) -> dict[str, set[tuple[str, bool]]]:
    """Give things without a type the classes that declared domains and ranges imply; say which properties did."""
    found: dict[str, set[str]] = defaultdict(set)
    by: dict[str, set[tuple[str, bool]]] = defaultdict(set)
    for subject, predicate, object_ in facts.triples:
        if subject not in types and predicate in facts.domains:
            found[subject] |= facts.domains[predicate]
            for class_ in facts.domains[predicate]:
                by[class_].add((predicate, False))
        if isinstance(object_, str) and object_ not in types and predicate in facts.ranges:
            found[object_] |= facts.ranges[predicate]
            for class_ in facts.ranges[predicate]:
                by[class_].add((predicate, True))
    for iri, classes in found.items():
        types[iri] = tuple(sorted(classes.union(*(supers.get(c, ()) for c in classes))))
    facts.classes |= set(by)
    return by


def build_parts(facts: Facts) -> Parts:
    """Make the terms of a vocabulary from what a dataset holds."""
    supers = superclasses(facts)
    types = {
        iri: tuple(sorted(set(declared).union(*(supers.get(c, ()) for c in declared))))
        for iri, declared in facts.types.items()
    }
    implied = _imply_types(facts, types, supers)
    counts: Counter[str] = Counter(c for declared in types.values() for c in declared)
    direct: Counter[str] = Counter(c for declared in facts.types.values() for c in declared)
    count = UsageCounter(facts, types)
    parts, nouns = build_schema(facts, supers, ClassCounts(counts, direct, implied), count.counts())
    schema = facts.classes | facts.properties
    individuals = (
        set(types) | {s for s, _, _ in facts.triples} | {o for _, _, o in facts.triples if isinstance(o, str)}
    )
    links = Counter(s for s, _, _ in facts.triples)
    links.update(o for _, _, o in facts.triples if isinstance(o, str))
    for iri in sorted(individuals - schema):
        parts.entities[iri] = build_entity(facts, iri, types.get(iri, ()), links[iri], nouns)
    parts.values = sorted(count.texts)
    return parts


def superclasses(facts: Facts) -> dict[str, tuple[str, ...]]:
    """Return all classes above each class; those that are only mentioned become known as classes."""
    supers = _closure(facts.supers)
    facts.classes |= {c for above in supers.values() for c in above} | set(supers)
    return supers


@dataclass(frozen=True)
class ClassCounts:
    """How many things each class has.

    Attributes:
        all: those of the classes below it among them.
        direct: only those declared to be of it.
        implied: (property, inverse) whose declared domain or range makes things of the class.
    """

    all: Mapping[str, int]
    direct: Mapping[str, int]
    implied: Mapping[str, set[tuple[str, bool]]]


def build_schema(
    facts: Facts, supers: Mapping[str, tuple[str, ...]], classes: ClassCounts, counts: UsageCounts
) -> tuple[Parts, set[tuple[str, ...]]]:
    """Make the classes and properties of a vocabulary; return them with the names of the classes."""
    parts = Parts()
    for iri in sorted(facts.classes):
        if not iri.startswith("_:"):
            parts.classes[iri] = ClassTerm(
                iri, _label(facts, iri), _class_forms(facts, iri), classes.all.get(iri, 0), supers.get(iri, ()),
                classes.all.get(iri, 0) == classes.direct.get(iri, 0) or bool(classes.implied.get(iri)),
                tuple(sorted(classes.implied.get(iri, ()))),
            )  # fmt: skip
    nouns = {stems(text) for term in parts.classes.values() for text, _ in term.forms}
    _add_heads(parts, nouns)
    for iri in sorted(facts.properties):
        if iri in counts.used or iri in facts.lexicon:
            parts.properties[iri] = _property(facts, iri, counts, nouns)
    parts.usages = counts.usages
    return parts, nouns


def build_entity(
    facts: Facts, iri: str, types: tuple[str, ...], links: int, nouns: set[tuple[str, ...]]
) -> EntityTerm:
    """Make the term of one thing."""
    return EntityTerm(
        iri,
        _entity_label(facts, iri),
        _entity_forms(facts, iri, nouns),
        types,
        bool(facts.labels.get(iri)),
        links,
    )
