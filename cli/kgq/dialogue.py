"""Asks one question back on a terminal, and remembers the answer in the user's own lexicon."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from kgq.session import Session
from kgq.text import clean

if TYPE_CHECKING:
    from kg.conversation.conversation import Ask
    from kg.knowledge_graph import KnowledgeGraph
    from kg.learning.learning import Query
    from kg.results import Answer

__all__ = ["can_ask_back", "settle"]


def can_ask_back() -> bool:
    """Tell whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def settle(session: Session, graph: KnowledgeGraph, answer: Answer, ask: Ask) -> Answer:
    """Ask what a word or a question means, where that could help, and answer accordingly.

    Args:
        session: where words are kept, and what is said.
        graph: what was asked.
        answer: what came of the question; returned as it is where there is nothing to ask, or no answer.
        ask: answers a question.
    """
    from kg.learning.learning import query_for

    query = query_for(graph.vocabulary, answer)
    if query is None:
        return answer
    if query.word:
        return _learn_word(session, graph, answer, query, ask)
    number = _choice(query)
    if number is None:
        return answer
    return _settle_reading(session, graph, answer, number, ask)


def _learn_word(session: Session, graph: KnowledgeGraph, answer: Answer, query: Query, ask: Ask) -> Answer:
    from kg.learning.learning import learn
    from kg.learning.overlay import with_words

    iri = _term(graph, query)
    if iri is None:
        return answer
    found = learn(ask, graph.vocabulary, answer.question, query.word, iri)
    if found is None:
        session.say(f"with that meaning of '{clean(query.word)}' the question is not understood either; not kept.")
        return answer
    better, word = found
    graph.vocabulary = with_words(graph.vocabulary, [word])
    file = session.lexicon_file()
    if file is not None:
        from kg.learning.lexicon import remember

        remember(file, word)
        session.say(f"kept '{clean(word.text)}' in {file}.")
    return better


def _settle_reading(session: Session, graph: KnowledgeGraph, answer: Answer, number: int, ask: Ask) -> Answer:
    """Answer by a reading, and keep what tells it from the others: a word's meaning, or the reading itself."""
    from kg.learning.learning import word_chosen
    from kg.learning.lexicon import remember
    from kg.learning.overlay import with_words

    file = session.lexicon_file()
    word = word_chosen(ask, graph.vocabulary, answer, number)
    if word is not None:
        graph.vocabulary = with_words(graph.vocabulary, [word])
        if file is not None:
            remember(file, word)
            session.say(f"kept '{clean(word.text)}' in {file}.")
        return ask(answer.question, graph.vocabulary)
    meant = answer.readings[number].paraphrase
    graph.lexicon.choices[graph.lexicon.key(answer.question)] = meant
    if file is not None:
        remember(file, question=answer.question, reading=meant)
        session.say(f"kept in {file}.")
    return graph.choose(answer, number)


def _term(graph: KnowledgeGraph, query: Query) -> str | None:
    """Return the IRI that somebody chose by number, or by a name of the graph."""
    from kg.errors import AmbiguousNameError, UnknownEntityError

    said = _ask(query, "a number, a name in the graph, or Enter for none: ")
    number = _number(said, len(query.options))
    if number is not None:
        return query.options[number].iri
    if not said:
        return None
    try:
        return graph.find(said).iri
    except (UnknownEntityError, AmbiguousNameError) as error:
        sys.stderr.write(f"kgq: {error}\n")
        return None


def _choice(query: Query) -> int | None:
    return _number(_ask(query, "a number, or Enter for none: "), len(query.options))


def _number(said: str, most: int) -> int | None:
    number = int(said) if said.isascii() and said.isdecimal() and len(said) < 4 else 0
    return number - 1 if 1 <= number <= most else None


def _ask(query: Query, prompt: str) -> str:
    """Show the question with its options and return what was said, '' for nothing."""
    lines = [clean(query.text), *(f"  {n}. {clean(option.text)}" for n, option in enumerate(query.options, 1))]
    sys.stderr.write("".join(f"{line}\n" for line in lines) + prompt)
    sys.stderr.flush()
    return sys.stdin.readline().strip()
