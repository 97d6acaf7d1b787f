"""A conversation: questions that lean on the last one are completed before they are asked.

*and in scenario B?* takes the place of what is like it in the last question; *of those, which …* narrows the last
answer; *it* and *they* are what the last answer gave; *why?* asks for its grounds. What a question was read as is
always said, and a completed question is accepted or refused like any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from kg.conversation.follow_ups import (
    COUNT,
    IT,
    ORDINAL,
    ORDINALS,
    PREPOSITIONS,
    QUESTION,
    THEIR,
    WHY,
    WHY_ONE,
    as_verdict,
    is_fragment,
    put_in_place,
    restriction,
    with_number,
    without_lead,
)
from kg.conversation.mentions import Mention, mentions
from kg.learning.overlay import LexicalWord, with_words
from kg.results import Answer, AnswerRow, Cell
from kg.vocabulary import Vocabulary

__all__ = ["Ask", "Conversation", "Turn"]

Ask = Callable[[str, Vocabulary], Answer]
"""Answers a question over a vocabulary."""

_THOSE = "thosefound"
_ALIKE = 0.3
_LONGEST = 1000
_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"


class Turn(NamedTuple):
    """One exchange.

    Attributes:
        text: what was said.
        question: what it was read as; the text itself where it stands alone.
        answer: what came of it.
        kind: ``question``, ``follow-up``, ``count`` or ``why``; of the last the answer is the one asked about.
        things: IRIs that *those* stands for in the question.
        narrows: where it narrows an answer, the exchange that gave it.
        narrowing: what narrowed it, as *of those, which …*.
    """

    text: str
    question: str
    answer: Answer
    kind: str = "question"
    things: tuple[str, ...] = ()
    narrows: Turn | None = None
    narrowing: str = ""


class Conversation:
    """Questions and answers about one graph, each understood in the light of the last.

    >>> from kg.knowledge_graph import open_graph
    >>> talk = open_graph().conversation()
    >>> talk.ask("what do merchants buy?").answer.rows[0].cells[0].value
    'GPUs'
    >>> talk.ask("why?").kind
    'why'

    Args:
        ask: answers one question.
        vocabulary: of the graph that is asked.

    Attributes:
        turns: all exchanges so far.
    """

    def __init__(self, ask: Ask, vocabulary: Vocabulary) -> None:
        self._ask = ask
        self._vocabulary = vocabulary
        self.turns: list[Turn] = []

    @property
    def last(self) -> Turn | None:
        """The last exchange that was understood."""
        return next((t for t in reversed(self.turns) if t.answer.status in ("answered", "not_stated")), None)

    @property
    def _those(self) -> tuple[str, ...]:
        """What *those* would be now: what the last answer gave, a count aside."""
        turn = next((t for t in reversed(self.turns) if t.kind != "count"), None)
        return _things(turn.answer) if turn is not None and turn.answer.boolean is None else ()

    def ask(self, text: str) -> Turn:
        """Answer what somebody says next."""
        said = " ".join(text.split())
        # Long texts lean on nothing, and are refused below; here they would only keep patterns busy.
        alone = not said or len(said) > _LONGEST or self.last is None
        turn = (
            Turn(text, text, self._ask(text, self._vocabulary)) if alone else self._turn(said)._replace(text=text)
        )
        self.turns.append(turn)
        return turn

    def settle(self, answer: Answer, vocabulary: Vocabulary) -> None:
        """Take another answer to the last question, found with words learned or a reading chosen since."""
        self.turns[-1] = self.turns[-1]._replace(answer=answer)
        self._vocabulary = vocabulary

    def _turn(self, text: str) -> Turn:
        last = self.last
        assert last is not None  # noqa: S101 - the caller looked
        if WHY.fullmatch(text):
            return Turn(text, last.question, last.answer, "why")
        narrowed = self._narrowed_why(text, last)
        if narrowed is not None:
            return narrowed
        if COUNT.fullmatch(text) and last.answer.sparql and last.answer.boolean is None:
            return Turn(text, f"how many: {last.question}", _counted(text, last.answer), "count")
        if restriction(text)[0]:
            return self._of_those(text, self._those, last) or Turn(text, text, self._ask(text, self._vocabulary))
        return self._completed(text, last)

    # ---- why

    def _narrowed_why(self, text: str, last: Turn) -> Turn | None:
        """Take *why CoreWeave?* for a question about one row of the last answer."""
        asked = WHY_ONE.fullmatch(text)
        found = mentions(self._vocabulary, asked.group(1)) if asked else []
        if asked is None or len(found) != 1 or (found[0].start, found[0].end) != (0, len(asked.group(1))):
            return None
        wanted = set(found[0].iris)
        rows = tuple(r for r in last.answer.rows if any(c is not None and c.iri in wanted for c in r.cells))
        return Turn(text, last.question, last.answer._replace(rows=rows), "why") if rows else None

    # ---- of those

    def _of_those(self, text: str, things: tuple[str, ...], narrows: Turn) -> Turn | None:
        wh, rest = restriction(text)
        if not things:
            return None
        if self._vocabulary.claim_terms is not None:
            turn = self._among(text, wh, rest, things)
        else:
            turn = self._read(text, f"{wh} {_THOSE} {rest}", things)
        return turn._replace(narrows=narrows, narrowing=text)

    def _rebased(self, text: str, body: str, last: Turn) -> Turn | None:
        """Take *and of Pakistan?* after *of those, which …* for the question narrowed, and narrow it again."""
        fragment = mentions(self._vocabulary, body)
        if last.narrows is None or not fragment or self._alike(last.narrowing, fragment[0]):
            return None
        base = last.narrows
        found = self._alike(base.question, fragment[0]) and self._best(
            text, [(q, base.things) for q in self._substituted(body, base)]
        )
        if not found:
            return None
        again = self._of_those(last.narrowing, _things(found.answer), found)
        if again is None:
            return found
        answer = again.answer._replace(
            question=text, explanation=(f"read as: {found.question}", *again.answer.explanation)
        )
        return again._replace(question=f"{found.question} {again.question}", answer=answer)

    def _among(self, text: str, wh: str, rest: str, things: Sequence[str]) -> Turn:
        """Ask about everything and keep what the last answer held.

        Of groups, *which of them* would ask for members; here it means the things named.
        """
        questions = [f"who {rest}", f"what {rest}"]
        answers = [self._ask(question, self._vocabulary) for question in questions]
        best = min(range(2), key=lambda n: _rank(answers[n]))
        answer = answers[best]
        if answer.status == "answered" and answer.boolean is None:
            kept = tuple(r for r in answer.rows if r.cells and r.cells[0] is not None and r.cells[0].iri in things)
            answer = answer._replace(
                rows=kept,
                status="answered" if kept else "not_stated",
                sparql=_valued(answer.sparql, things),
            )
            if wh == "how many":
                answer = _counted(text, answer)
        return Turn(text, f"of those: {questions[best]}", _told(text, questions[best], answer), "follow-up")

    # ---- and …

    def _completed(self, text: str, last: Turn) -> Turn:
        body = without_lead(text)
        parts = mentions(self._vocabulary, body)
        leans = body != text.strip() or (text.rstrip().endswith("?") and is_fragment(body, parts))
        if leans and not QUESTION.match(body) and len(parts) < 2:
            rebased = self._rebased(text, body, last)
            if rebased is not None:
                return rebased
            best = self._best(text, [(q, last.things) for q in self._substituted(body, last)])
            if best is not None:
                _, those, how = best.question.partition("which those ")
                narrowed = last.narrows is not None and those
                return (
                    best._replace(narrows=last.narrows, narrowing=f"of those, which {how}") if narrowed else best
                )
        best = self._best(text, list(self._referring(body, last)))
        if best is not None:
            return best
        alone = self._ask(body, self._vocabulary)
        if body != text.strip() and alone.status in ("answered", "not_stated"):
            return Turn(text, body, _told(text, body, alone), "follow-up")
        return Turn(text, text, self._ask(text, self._vocabulary))

    def _best(self, text: str, questions: Sequence[tuple[str, Sequence[str]]]) -> Turn | None:
        """Return the first completed question that is understood."""
        for question, things in questions:
            turn = self._read(text, question, things)
            if turn.answer.status in ("answered", "not_stated"):
                return turn
        return None

    def _read(self, text: str, question: str, things: Sequence[str]) -> Turn:
        things = tuple(things) if _THOSE in question else ()
        words = [LexicalWord(_THOSE, things)] if things else []
        answer = self._ask(question, with_words(self._vocabulary, words))
        return Turn(text, _plain(question), _told(text, question, answer), "follow-up", things)

    def _substituted(self, body: str, last: Turn) -> Iterator[str]:
        """Yield the last question with a part of it replaced by what is said now."""
        question = last.question.rstrip(" ?.!")
        if last.things:
            question = re.sub(r"\bthose\b", _THOSE, question)
        fragment = body.strip(" ?.!,")
        preposition = re.match(rf"((?:{PREPOSITIONS})\s+(?:the\s+)?)", fragment, re.IGNORECASE)
        new = mentions(self._vocabulary, fragment)
        if new:
            for old in self._alike(question, new[0]):
                yield put_in_place(question, old, fragment, preposition.group(1) if preposition else "") + "?"
        else:
            yield from with_number(question, fragment)
            yield from self._with_last_word(question, fragment)
        if preposition:
            yield f"{question} {fragment}?"
        elif new:
            yield from as_verdict(question, fragment)

    def _with_last_word(self, question: str, fragment: str) -> Iterator[str]:
        """Take *C* after *Scenario B* for *Scenario C*, if there is one."""
        for old in reversed(mentions(self._vocabulary, question)):
            first, _, _ = question[old.start : old.end].rpartition(" ")
            name = f"{first} {fragment}"
            found = mentions(self._vocabulary, name) if first else []
            if len(found) == 1 and (found[0].start, found[0].end) == (0, len(name)):
                yield question[: old.start] + name + question[old.end :] + "?"

    def _alike(self, question: str, new: Mention) -> list[Mention]:
        scored = [(old.likeness(new), old.start, old) for old in mentions(self._vocabulary, question)]
        scored = [entry for entry in scored if entry[0] >= _ALIKE and entry[2].iris != new.iris]
        return [old for _, _, old in sorted(scored, key=lambda entry: (-entry[0], -entry[1]))]

    def _referring(self, body: str, last: Turn) -> Iterator[tuple[str, Sequence[str]]]:
        """Yield the question with its pronouns replaced by what they may stand for."""
        ordinal = ORDINAL.search(body)
        labels = [c.value for row in last.answer.rows for c in row.cells[:1] if c is not None and c.iri]
        if ordinal and labels:
            word = ordinal.group(1).lower()
            at = len(labels) - 1 if word == "last" else ORDINALS.index(word)
            if at < len(labels):
                yield body[: ordinal.start()] + labels[at] + body[ordinal.end() :], ()
        if not (IT.search(body) or THEIR.search(body)):
            return
        single = re.search(r"\b(?:it|its|he|she|him|his)\b", body, re.IGNORECASE) is not None
        found = list(dict.fromkeys(self._antecedents(last)))
        for things in sorted(found, key=lambda things: single and len(things) > 1):
            name = self._name(things)
            yield IT.sub(name, THEIR.sub(f"{name}'s", body)), () if name != _THOSE else things

    def _antecedents(self, last: Turn) -> Iterator[tuple[str, ...]]:
        """Yield what *it* may be: what was answered, then what was asked about."""
        if self._those:
            yield self._those
        for mention in mentions(self._vocabulary, last.question):
            if mention.kind == "entity":
                yield mention.iris

    def _name(self, things: Sequence[str]) -> str:
        """Return the name of one thing, if it finds this thing again; else the word that stands for several."""
        if len(things) == 1:
            terms = self._vocabulary.claim_terms
            label = (terms or self._vocabulary).label(things[0])
            found = mentions(self._vocabulary, label)
            if len(found) == 1 and found[0].iris == tuple(things):
                return label
        return _THOSE


def _things(answer: Answer) -> tuple[str, ...]:
    """Return the things an answer gave: the IRIs of its first column that has any."""
    for column in range(max((len(row.cells) for row in answer.rows), default=0)):
        cells = [row.cells[column] for row in answer.rows if column < len(row.cells)]
        found = tuple(dict.fromkeys(c.iri for c in cells if c is not None and c.iri))
        if found:
            return found
    return ()


def _rank(answer: Answer) -> int:
    order = ("answered", "not_stated", "ambiguous", "not_understood", "error")
    return order.index(answer.status) + (5 if answer.boolean is not None else 0)


def _counted(text: str, answer: Answer) -> Answer:
    """Return how many rows an answer has, as an answer."""
    number = len({row.cells for row in answer.rows})
    kinds = [row.kind for row in answer.rows]
    kind = next((k for k in ("background", "inferred") if k in kinds), "stated")
    row = AnswerRow((Cell(str(number), datatype=_INTEGER),), kind=kind)
    inner = "\n".join(f"  {line}" for line in (answer.sparql or "").splitlines())
    first = _variable(answer.sparql)
    sparql = f"SELECT (COUNT(DISTINCT {first}) AS ?count) WHERE {{ {{\n{inner}\n}} }}" if first else answer.sparql
    return answer._replace(
        question=text, status="answered", columns=("number",), rows=(row,), related=(), sparql=sparql
    )


def _valued(sparql: str | None, things: Sequence[str]) -> str | None:
    """Restrict the first variable of a SELECT to some things."""
    first = _variable(sparql)
    return f"{sparql}\nVALUES {first} {{ {' '.join(f'<{iri}>' for iri in things)} }}" if first else sparql


def _variable(sparql: str | None) -> str:
    match = re.match(r"SELECT\s+(?:DISTINCT\s+)?(\?\w+)", sparql or "")
    return match.group(1) if match else ""


def _told(text: str, question: str, answer: Answer) -> Answer:
    """Say in an answer what its question was read as."""
    return answer._replace(
        question=text,
        explanation=(f"read as: {_plain(question)}", *map(_plain, answer.explanation)),
        paraphrase=_plain(answer.paraphrase) if answer.paraphrase else answer.paraphrase,
        columns=tuple(map(_plain, answer.columns)),
        uncovered=tuple(word for word in answer.uncovered if word != _THOSE),
    )


def _plain(text: str) -> str:
    return text.replace(f"{_THOSE} 's", "their").replace(f"{_THOSE}'s", "their").replace(_THOSE, "those")
