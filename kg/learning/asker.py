"""What answers a question over one dataset, with whatever helps besides the graph itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kg.claims import KINDS
from kg.dataset import Dataset
from kg.results import Answer
from kg.sparql_text import IS_SPARQL, looks_like_sparql
from kg.vocabulary import Vocabulary

if TYPE_CHECKING:
    from kg.learning.lexicon import Lexicon

__all__ = ["Asker"]


class Asker:
    """Answers questions over a vocabulary: the graph's own, or one with further words.

    Args:
        dataset: what is asked.
        include: the kinds of claims an answer may rest on.
        lang: the language of labels.
        lexicon: returns what the user chose before.

    Raises:
        ValueError: no such kind.
    """

    def __init__(
        self, dataset: Dataset, *, include: Sequence[str], lang: str, lexicon: Callable[[], Lexicon]
    ) -> None:
        wrong = [name for name in include if name not in KINDS]
        if wrong:
            raise ValueError(f"'{wrong[0]}' is no kind of claims; there are {', '.join(KINDS)}.")
        self._dataset = dataset
        self._include = tuple(include)
        self._lang = lang
        self._lexicon = lexicon

    def __call__(self, text: str, vocabulary: Vocabulary) -> Answer:
        """Answer a question; an ambiguous one by the reading that the user chose before, if there is one."""
        from kg.questions import ask

        answer = ask(self._dataset, vocabulary, text, include=self._include, lang=self._lang)
        if answer.status == "ambiguous":
            lexicon = self._lexicon()
            meant = lexicon.choices.get(lexicon.key(text))
            for number, reading in enumerate(answer.readings):
                if reading.paraphrase == meant:
                    return self.choose(answer, number, vocabulary)
        if answer.status == "not_understood" and looks_like_sparql(text):
            return answer._replace(suggestions=(), explanation=(IS_SPARQL,))
        return answer

    def choose(self, answer: Answer, reading: int, vocabulary: Vocabulary) -> Answer:
        """Answer an ambiguous question by one of its readings, counted from 0."""
        from kg.learning.reading_choice import answer_reading

        return answer_reading(self._dataset, vocabulary, answer, answer.readings[reading], lang=self._lang)
