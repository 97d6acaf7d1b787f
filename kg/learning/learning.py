"""One question back: what a word means that nothing explains, or which of several readings is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.conversation.conversation import Ask
from kg.learning.overlay import LexicalWord, kind_of, with_words
from kg.results import Answer
from kg.vocabulary import Vocabulary
from kg.vocabulary.claim_terms import key_words
from kg.vocabulary.words import fold, stems, tokenize

__all__ = ["Option", "Query", "entries_for", "learn", "query_for", "word_chosen"]

_MOST = 6
_KINDS = {"class": "a class", "property": "a property", "entity": "a name"}


@dataclass(frozen=True, slots=True)
class Option:
    """One way to answer the question back.

    Attributes:
        text: how it reads.
        iri: the term it stands for; '' for a reading.
        reading: number of the reading it stands for, from 0; -1 for a term.
    """

    text: str
    iri: str = ""
    reading: int = -1


@dataclass(frozen=True, slots=True)
class Query:
    """The question back.

    Attributes:
        text: what is asked.
        word: the word that is not known; '' where readings are to be chosen from.
        options: what can be answered.
    """

    text: str
    word: str
    options: tuple[Option, ...]


def query_for(vocabulary: Vocabulary, answer: Answer) -> Query | None:
    """Return what to ask back, None where an answer could not help.

    Args:
        vocabulary: of the graph asked.
        answer: one that is ``ambiguous`` or ``not_understood``.
    """
    if answer.status == "ambiguous" and len(answer.readings) > 1:
        options = tuple(Option(r.paraphrase, reading=n) for n, r in enumerate(answer.readings[:_MOST]))
        return Query("Which is meant?", "", options)
    if answer.status != "not_understood" or not answer.uncovered:
        return None
    word = _phrase(answer)
    terms = tuple(dict.fromkeys(_near_terms(vocabulary, word, answer.suggestions)))[:_MOST]
    if not terms:
        return None
    options = tuple(
        Option(f"{_label(vocabulary, iri)} ({_KINDS[kind_of(vocabulary, iri)]})", iri) for iri in terms
    )
    return Query(f"What does '{word}' mean?", word, options)


def _phrase(answer: Answer) -> str:
    """Return the first unknown word with the unknown words that follow it at once: *ponies up*."""
    unknown = {fold(word) for word in answer.uncovered}
    tokens = tokenize(answer.question)
    start = next((n for n, token in enumerate(tokens) if token.lower in unknown), None)
    if start is None:
        return answer.uncovered[0]
    end = start
    while end + 1 < len(tokens) and tokens[end + 1].lower in unknown:
        end += 1
    return answer.question[tokens[start].start : tokens[end].end]


def _label(vocabulary: Vocabulary, iri: str) -> str:
    return (vocabulary.claim_terms or vocabulary).label(iri)


def _near_terms(vocabulary: Vocabulary, word: str, suggestions: Sequence[str]) -> Iterator[str]:
    """Yield the terms suggested, then those whose words are spelt like the word."""
    labels = {fold(label): iri for iri, label in _labels(vocabulary)}
    for suggestion in suggestions:
        if fold(suggestion) in labels:
            yield labels[fold(suggestion)]
    stem = (stems(word) or ("",))[0]  # of several unknown words the first leads
    for near in vocabulary.index.near(stem, loose=True):
        for phrase in vocabulary.index.words().get(near, ())[:3]:
            for entry in vocabulary.index.phrases.get(phrase, ()):
                if entry.kind != "value" and kind_of(vocabulary, entry.key):
                    yield entry.key


def _labels(vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    terms = vocabulary.claim_terms
    if terms is not None:
        for group in (terms.things, terms.kinds, terms.relations):
            yield from ((iri, term.label) for iri, term in group.items())
        return
    yield from ((iri, entity.label) for iri, entity in vocabulary.entities.items())
    yield from ((iri, class_.label) for iri, class_ in vocabulary.classes.items())
    yield from ((iri, prop.label) for iri, prop in vocabulary.properties.items())


def learn(
    ask: Ask, vocabulary: Vocabulary, question: str, word: str, iri: str
) -> tuple[Answer, LexicalWord] | None:
    """Answer a question in which a word means a term; return the answer and the entry to remember.

    A word for a property may read either way round, as a verb or a noun: the way that finds an answer is meant,
    else the first that can be understood.

    Args:
        ask: answers a question.
        vocabulary: of the graph asked.
        question: the question that was not understood.
        word: its unknown word.
        iri: the term it means.
    """
    understood: tuple[Answer, LexicalWord] | None = None
    for entry in entries_for(vocabulary, question, word, iri):
        answer = ask(question, with_words(vocabulary, [entry]))
        note = f"{word}: {_label(vocabulary, iri)} (as you said)"
        answer = answer._replace(explanation=(note, *answer.explanation))
        if answer.status == "answered" and (answer.rows or answer.boolean):
            return answer, entry
        if answer.status in ("answered", "not_stated") and understood is None:
            understood = answer, entry
    return understood


def word_chosen(ask: Ask, vocabulary: Vocabulary, answer: Answer, reading: int) -> LexicalWord | None:
    """Return the word that makes an ambiguous question mean one of its readings, None where words do not differ.

    Args:
        ask: answers a question.
        vocabulary: of the graph asked.
        answer: the ambiguous one.
        reading: the one that is meant, counted from 0.
    """
    meant = answer.readings[reading].sparql
    for entry in _telling(vocabulary, answer, reading):
        if ask(answer.question, with_words(vocabulary, [entry])).sparql == meant:
            return entry
    return None


def _telling(vocabulary: Vocabulary, answer: Answer, reading: int) -> Iterator[LexicalWord]:
    """Yield meanings of words that only one reading has, where another reading has another meaning of them."""
    named = [set(_IRI.findall(r.sparql)) for r in answer.readings]
    others = set().union(*(iris for n, iris in enumerate(named) if n != reading))
    tokens = [token for token in tokenize(answer.question) if token.is_word]
    for size in range(min(4, len(tokens)), 0, -1):
        for start in range(len(tokens) - size + 1):
            text = answer.question[tokens[start].start : tokens[start + size - 1].end]
            terms = _meanings(vocabulary, text)
            if terms & (others - named[reading]):
                for iri in sorted(terms & (named[reading] - others)):
                    yield from entries_for(vocabulary, answer.question, text, iri)


_IRI = re.compile(r"<([^<>\s]+)>")


def _meanings(vocabulary: Vocabulary, text: str) -> set[str]:
    terms = vocabulary.claim_terms
    if terms is not None:
        return {word.key for word in terms.words(" ".join(key_words(text)))}
    return {entry.key for entry in vocabulary.index.phrases.get(" ".join(stems(text)), ())}


def entries_for(vocabulary: Vocabulary, question: str, word: str, iri: str) -> Iterator[LexicalWord]:
    """Yield the ways in which a word of a question may mean a term, the likeliest first."""
    if kind_of(vocabulary, iri) != "property":
        yield LexicalWord(word, (iri,))
        return
    words = [token.lower for token in tokenize(question)]
    last = ([token.lower for token in tokenize(word)] or [""])[-1]
    at = words.index(last) if last in words else 0
    following = words[at + 1] if at + 1 < len(words) else ""
    phrases = [(word, False)]
    if following in ("to", "from", "by", "for", "with", "in", "on", "at"):
        phrases.insert(0, (f"{word} {following}", False))
    if following == "by":
        phrases.append((word, True))
    orders = [*phrases, *((text, not inverse) for text, inverse in phrases)]
    parts = ("noun", "verb") if following == "of" else ("verb", "noun")
    for part in parts:
        for text, inverse in orders:
            yield LexicalWord(text, (iri,), part, inverse)
