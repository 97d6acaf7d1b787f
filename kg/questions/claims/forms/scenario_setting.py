"""Scenarios that a question is set in: *in scenario A*, *if the hyperscalers win*, *in the first scenario*."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.questions.claims.forms.question import Question, cut
from kg.questions.claims.lattice import Spelling, words_of
from kg.vocabulary.claim_terms import ClaimTerms

__all__ = ["set_in_scenarios"]

_IN = frozenset(
    [
        "in",
        "under",
        "within",
        "given",
        "with",
        "assuming",
        "for",
        "by",
        "if",
        "when",
        "should",
        "once",
        "case",
        "of",
        "event",
        "suppose",
        "supposing",
    ]
)


_SUPPOSING = frozenset(("if", "when", "should", "once", "assuming", "suppose", "supposing", "case"))
_OCCURS = frozenset(
    (
        "comes about", "come about", "happens", "happen", "materializes", "materialize", "occurs", "occur",
        "plays out", "play out", "comes true", "come true", "takes place", "take place", "is realized", "unfolds",
        "unfold", "prevails", "prevail", "arrives", "emerges", "emerge", "comes to pass", "applies", "holds",
        "is reached", "becomes reality", "is outcome",
    )
)  # fmt: skip
"""What is said of a scenario that comes true."""


def set_in_scenarios(question: Question, terms: ClaimTerms) -> Question:
    """Set *in scenario A*, *if the hyperscalers win* apart."""
    names = terms.scenario_names
    question = _counted(question, terms)
    found: list[str] = []
    changed = True
    while changed:
        changed = False
        stems = tuple(w.stem for w in question.words)
        for phrase, iri in names:
            for start in range(len(stems) - len(phrase) + 1):
                if stems[start : start + len(phrase)] != phrase:
                    continue
                span = _scenario_span(question.words, start, start + len(phrase), phrase)
                if span is None:
                    continue
                question = cut(question, *span)
                found.append(iri)
                changed = True
                break
            if changed:
                break
    if not found:
        question, found = _supposed(question, names)
    any_one = re.search(r"(?:^| )in (?:any|either|one|some)(?: of)? scenarios?(?: |$)", question.plain)
    if any_one and not found:
        start = question.plain[: any_one.start() + 1].strip().count(" ") + (1 if any_one.start() else 0)
        question = cut(question, start, start + any_one.group().strip().count(" ") + 1)
        found = ["*"]
    if not found:
        return question
    labels = ", ".join(terms.label(i) for i in found if i != "*") or "any scenario"
    context = question.context._replace(scenarios=tuple(dict.fromkeys(found)))
    return question._replace(context=context, notes=(*question.notes, f"set in {labels}"))


def _counted(question: Question, terms: ClaimTerms) -> Question:
    """Put the name of a scenario in place of its number: *the first scenario*."""
    match = re.search(
        r"(?:^| )(?:in|under|of|for|does|about) (first|second|third|fourth|fifth) scenario(?: |$)", question.plain
    )
    if match is None:
        return question
    at = question.plain[: match.start(1)].count(" ")
    place = ("first", "second", "third", "fourth", "fifth").index(match.group(1))
    known = sorted(terms.label(iri) for iri in terms.scenarios)
    if place >= len(known):
        return question
    return question._replace(
        words=(*question.words[:at], *words_of(known[place], terms), *question.words[at + 2 :])
    )


def _supposed(question: Question, names: Sequence[tuple[tuple[str, ...], str]]) -> tuple[Question, list[str]]:
    """Set *if demand falls* apart where a scenario is called *falling demand*: the same words in any order."""
    for start, word in enumerate(question.words):
        if word.lower not in ("if", "when", "should", "once", "assuming", "suppose"):
            continue
        rest = [w.lower for w in question.words[start + 1 :]]
        end = start + 1 + (rest.index(",") if "," in rest else len(rest))
        stems = {w.stem for w in question.words[start + 1 : end]}
        for phrase, iri in names:
            if stems == set(phrase) and len(question.words) > end - start:
                return cut(question, start, end), [iri]
    return question, []


def _as_voice(words: tuple[Spelling, ...], start: int, end: int) -> tuple[int, int] | None:
    """Return the words of *does scenario C say that*, *according to scenario C*."""
    saying = {
        "say",
        "says",
        "assume",
        "assumes",
        "suppose",
        "supposes",
        "predict",
        "predicts",
        "state",
        "states",
        "imply",
    }
    if start == 1 and words[0].lower in ("does", "do", "did") and end < len(words) and words[end].lower in saying:
        end += 1
        return 0, end + (1 if end < len(words) and words[end].lower == "that" else 0)
    if start == 2 and [w.lower for w in words[:2]] in (["what", "does"], ["what", "do"]) and end + 1 < len(words):
        return (
            (1, end + 1) if words[end].lower in saying and words[end + 1].lower in ("about", "of", "on") else None
        )
    if start >= 2 and [w.lower for w in words[start - 2 : start]] == ["according", "to"]:
        return start - 2, end
    return None


def _scenario_span(
    words: tuple[Spelling, ...], start: int, end: int, phrase: tuple[str, ...]
) -> tuple[int, int] | None:
    """Return the words to cut, or None where the scenario is what the question is about."""
    voiced = _as_voice(words, start, end)
    if voiced is not None:
        return voiced
    if end < len(words) and words[end].lower in ("scenario", "case", "scenarios", "future", "outcome"):
        end += 1
    if start and words[start - 1].lower in _SUPPOSING:
        end += next((n for n in (3, 2, 1) if " ".join(w.lower for w in words[end : end + n]) in _OCCURS), 0)
    before = start
    while before and words[before - 1].lower in _IN:
        before -= 1
    if before == start or (before == 0 and end == len(words)):
        return None
    taken = {w.lower for w in words[before:start]}
    named = phrase[0] == "scenario"
    conditional = taken & {"if", "when", "should", "once", "assuming", "suppose", "supposing", "given"}
    if taken <= {"of", "for", "with", "by"} or (
        not named and not conditional and not taken & {"in", "under", "case"}
    ):
        return None
    return before, end
