"""Puts a claim into an English sentence: the property's pattern, the labels, then the qualifiers in brackets.

Nothing is softened and nothing is left out: a denial reads as a denial, a scenario opens the sentence,
and the document's own words ("to a degree", "at times") close it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

__all__ = ["limiting_words", "word_claim", "word_qualifiers"]

_MARKED = frozenset({"hypothetical", "historical", "conditional", "speculative", "illustrative", "rhetorical"})
_INTRODUCED = {"mechanism": "by ", "viaMechanism": "by ", "order": "order: "}


def word_claim(
    subject: str,
    verb: str,
    object_: str,
    *,
    patterns: Mapping[str, str],
    plural: bool = False,
    negative: bool = False,
    modality: str = "asserted",
    scenario: str | None = None,
    qualifiers: Mapping[str, tuple[str, ...]] | None = None,
) -> str:
    """Return the sentence of one claim.

    Args:
        subject: label of the subject.
        verb: label of the property, used where it has no pattern.
        object_: label of the object, or the value.
        patterns: the property's patterns by local name (``singularPattern``, ``negativePluralPattern`` …).
        plural: whether the subject's label takes a plural verb.
        negative: whether the claim denies.
        modality: local name of the modality; all but plain assertion is said.
        scenario: label of the scenario the claim is confined to.
        qualifiers: words by qualifier name.

    >>> word_claim("Oracle", "shifts risk to", "lenders", patterns={"singularPattern": "{s} shifts risk to {o}"},
    ...            qualifiers={"degree": ("to a degree",), "mechanism": ("debt",)})
    'Oracle shifts risk to lenders (to a degree; by debt)'
    >>> word_claim("merchants", "bears", "capex risk", patterns={"pluralPattern": "{s} bear {o}"}, plural=True,
    ...            negative=True)
    'it is not the case that merchants bear capex risk'
    """
    number = "Plural" if plural else "Singular"
    denial = patterns.get(f"negative{number}Pattern") if negative else None
    pattern = denial or patterns.get(f"{number.lower()}Pattern") or patterns.get("singularPattern")
    sentence = (
        subject.join(part.replace("{o}", object_) for part in pattern.split("{s}"))
        if pattern
        else f"{subject} {verb} {object_}"
    )
    if negative and denial is None:
        sentence = f"it is not the case that {sentence}"
    if scenario is not None:
        sentence = f"in {scenario}, {sentence}"
    notes = list(_notes(sentence, modality, scenario, qualifiers or {}))
    return f"{sentence} ({'; '.join(notes)})" if notes else sentence


def _notes(
    sentence: str, modality: str, scenario: str | None, qualifiers: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    said = f" {sentence.casefold()} "
    already_said = {"hypothetical": scenario is not None, "conditional": bool(qualifiers.get("condition"))}
    if modality in _MARKED and not already_said.get(modality, False):
        yield modality
    yield from (words for words in word_qualifiers(qualifiers) if f" {words.casefold()} " not in said)


def word_qualifiers(qualifiers: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return qualifiers in words, those that need an introduction last.

    >>> word_qualifiers({"mechanism": ("debt",), "degree": ("to a degree",)})
    ['to a degree', 'by debt']
    """
    ordered = sorted(qualifiers.items(), key=lambda item: item[0] in _INTRODUCED)
    return [_INTRODUCED.get(name, "") + words for name, many in ordered for words in many]


def limiting_words(qualifiers: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the words that keep a plain yes from being true: how far, how often, under which condition.

    >>> limiting_words({"mechanism": ("debt",), "degree": ("to a degree",)})
    ['to a degree']
    """
    return [words for name, many in qualifiers.items() if name not in _INTRODUCED for words in many]
