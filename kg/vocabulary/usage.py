"""Counts how properties are used between classes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from pyoxigraph import Literal

from kg.vocabulary.datatypes import LITERAL_PREFIX
from kg.vocabulary.reader import Facts
from kg.vocabulary.terms import Usage

__all__ = ["MAX_VALUE", "STRING", "UsageCounter", "UsageCounts"]

MAX_VALUE = 80
"""Characters of the longest literal that a question may name."""

STRING = LITERAL_PREFIX + "string"


class UsageCounts:
    """How properties are used.

    Attributes:
        usages: the counts, most used first.
        datatypes: how often each datatype ends each property.
        functional: properties with one value a subject at most.
        identifying: properties with one subject a value at most.
        used: all properties in use.
        domains, ranges: the classes, and the datatypes, at the ends of each property.
    """

    def __init__(
        self,
        usages: list[Usage],
        datatypes: Mapping[str, Counter[str]],
        functional: set[str],
        identifying: set[str],
    ) -> None:
        self.usages = usages
        self.datatypes = datatypes
        self.functional = functional
        self.identifying = identifying
        self.used = {usage.property for usage in usages}
        self.domains: dict[str, set[str]] = defaultdict(set)
        self.ranges: dict[str, set[str]] = defaultdict(set)
        for usage in usages:
            self.domains[usage.property].update({usage.domain} - {""})
            self.ranges[usage.property].update({usage.range} - {""})


class UsageCounter:
    """Counts how properties are used between classes."""

    def __init__(self, facts: Facts, types: dict[str, tuple[str, ...]]) -> None:
        self.triples: Counter[tuple[str, str, str]] = Counter()
        self.subjects: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        self.objects: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        self.datatypes: dict[str, Counter[str]] = defaultdict(Counter)
        self.fan: dict[str, Counter[str]] = defaultdict(Counter)
        self.values: dict[str, Counter[str]] = defaultdict(Counter)
        self.texts: set[tuple[str, str, str]] = set()
        self.naming = facts.naming
        for subject, predicate, object_ in facts.triples:
            self._take(subject, predicate, object_, types)

    def _take(
        self, subject: str, predicate: str, object_: str | Literal, types: dict[str, tuple[str, ...]]
    ) -> None:
        if isinstance(object_, Literal):
            datatype = object_.datatype.value
            if object_.language:
                datatype = STRING
            self.datatypes[predicate][datatype] += 1
            ranges: tuple[str, ...] = (datatype,)
            value = object_.value
            if len(value) <= MAX_VALUE and predicate not in self.naming:
                tag = f"@{object_.language}" if object_.language else object_.datatype.value
                self.texts.add((predicate, value, tag))
        else:
            value = object_
            ranges = types.get(object_) or ("",)
        self.fan[predicate][subject] += 1
        self.values[predicate][value] += 1
        for domain in types.get(subject) or ("",):
            for range_ in ranges:
                key = domain, predicate, range_
                self.triples[key] += 1
                self.subjects[key].add(subject)
                self.objects[key].add(value)

    def counts(self) -> UsageCounts:
        """Return the counts, most used first."""
        return UsageCounts(
            [
                Usage(d, p, r, n, len(self.subjects[d, p, r]), len(self.objects[d, p, r]))
                for (d, p, r), n in self.triples.most_common()
            ],
            self.datatypes,
            {p for p, fan in self.fan.items() if max(fan.values()) == 1},
            {p for p, values in self.values.items() if max(values.values()) == 1},
        )
