"""Guards against fitting to the document: names of its terms do not matter, nor what its words mean in English."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.dataset import Dataset
from kg.engines.oxigraph import OxigraphEngine
from kg.knowledge_graph import open_graph
from kg.questions import ask
from kg.questions.claims.english import FUNCTION_WORDS, NOISE, STRENGTH
from kg.results import Answer
from kg.vocabulary import Vocabulary
from kg.vocabulary.claim_terms import PREPOSITIONS

KNOWN = ("http://www.w3.org/", "http://purl.org/", "http://www.lexinfo.net/", "https://w3id.org/kgq/core#")
TEXT = ("http://www.w3.org/2001/XMLSchema#string", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString")
CLOSED = frozenset(
    {
        *FUNCTION_WORDS,
        *NOISE,
        *STRENGTH,
        *PREPOSITIONS,
        "a",
        "an",
        "the",
        "each",
        "both",
        "number",
        "do",
        "up",
        "out",
        "it",
        "many",
    }
)
QUESTIONS = [
    "Who bears capex risk?",
    "Which companies bear technology risk?",
    "Who shifts risk to lenders?",
    "To whom do merchants shift risk?",
    "Does Google Cloud bear demand risk?",
    "Do lenders bear capex risk?",
    "Is CoreWeave a hyperscaler?",
    "Is Oracle a merchant?",
    "What do merchants buy?",
    "Whose GPUs do merchants buy?",
    "To whom do merchants rent capacity?",
    "What is structured financing backed by?",
    "How many risks do hyperscalers bear?",
    "Which layer comes before the runtime?",
    "What do hyperscalers own?",
    "Who designs Trainium?",
    "Does Meta design Trainium?",
    "Name the hyperscalers.",
    "What does the CLOUD split into?",
    "Merchants are not optimized for what?",
    "Who builds and leases data centers?",
    "Who bears capex risk, hyperscalers or merchants?",
    "Do all hyperscalers bear capex risk?",
    "Compare hyperscalers and merchants.",
]
STRUCTURAL = [
    "Who bears capex risk?",
    "Does Google Cloud bear demand risk?",
    "Do lenders bear capex risk?",
    "What do merchants buy?",
    "Which merchants buy GPUs?",
    "What do hyperscalers own?",
    "Does Meta design Trainium?",
    "How many chips do hyperscalers design?",
    "Who designs Trainium?",
    "What do hyperscalers design?",
    "Who builds and leases data centers?",
    "Who bears capex risk, hyperscalers or merchants?",
    "Do merchants bear capex risk?",
    "What is it that hyperscalers own?",
    "Do all hyperscalers bear capex risk?",
]
Opened = tuple[Dataset, Vocabulary]


def rebuilt(rename: Callable[[str], str], reword: Callable[[str], str] = str) -> Opened:
    def node(term: object) -> object:
        if isinstance(term, NamedNode) and not term.value.startswith(KNOWN):
            return NamedNode(rename(term.value))
        if isinstance(term, Literal) and term.datatype.value in TEXT:
            text = reword(term.value)
            return Literal(text, language=term.language) if term.language else Literal(text)
        return term

    store = Store()
    for quad in open_graph().dataset.engine.quads():
        subject, object_ = node(quad.subject), node(quad.object)
        predicate = node(quad.predicate)
        store.add(Quad(subject, predicate, object_, quad.graph_name))  # type: ignore[arg-type]
    dataset = Dataset(OxigraphEngine(store), union=True)
    return dataset, Vocabulary.from_dataset(dataset)


@cache
def iris() -> tuple[str, ...]:
    found = set()
    for quad in open_graph().dataset.engine.quads():
        for term in (quad.subject, quad.predicate, quad.object):
            if isinstance(term, NamedNode) and not term.value.startswith(KNOWN):
                found.add(term.value)
    return tuple(sorted(found))


def said(answer: Answer, reword: Callable[[str], str] = str) -> tuple[str, bool | None, set[object]]:
    rows: set[object] = {
        (tuple("" if c is None else reword(c.value) for c in row.cells), row.kind, row.polarity, len(row.evidence))
        for row in answer.rows
    }
    return answer.status, answer.boolean, rows


@pytest.fixture(scope="module")
def plain() -> Opened:
    return rebuilt(str)


@pytest.fixture(scope="module")
def permuted() -> Opened:
    shuffled = [re.split(r"[/#]", iri)[-1] + f"_{i}" for i, iri in enumerate(iris())]
    random.Random(7).shuffle(shuffled)  # noqa: S311  # no secret
    swapped = {iri: f"http://other.example/{local}" for iri, local in zip(iris(), shuffled, strict=True)}
    return rebuilt(swapped.__getitem__)


class Nonsense:
    """Words without meaning, the same one for all forms of a word."""

    def __init__(self) -> None:
        self.random = random.Random(11)  # noqa: S311  # no secret
        self.known: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        return re.sub(r"\{\w\}|[A-Za-z]+", self._word, text)

    def _word(self, match: re.Match[str]) -> str:
        word = match.group()
        if word.startswith("{") or word.lower() in CLOSED:
            return word
        base, ending = word.lower(), ""
        for tail in ("ing", "ed", "s"):
            if len(base) > len(tail) + 2 and base.endswith(tail):
                base, ending = base[: -len(tail)], tail
                break
        if base not in self.known:
            self.known[base] = (
                "".join(self.random.choice("bdfgkmprtvz") + self.random.choice("aou") for _ in "1234") + "k"
            )
        return self.known[base] + ending


@pytest.fixture(scope="module")
def nonsense() -> Nonsense:
    return Nonsense()


@pytest.fixture(scope="module")
def translated(nonsense: Nonsense) -> Opened:
    return rebuilt(str, nonsense)


def test_the_questions_have_answers(plain: Opened) -> None:
    answered = [q for q in QUESTIONS if ask(*plain, q).status == "answered"]
    assert len(answered) == len(QUESTIONS) - 2


@pytest.mark.parametrize("question", QUESTIONS)
def test_new_iris_with_permuted_local_names_give_the_same_answer(
    plain: Opened, permuted: Opened, question: str
) -> None:
    assert said(ask(*permuted, question)) == said(ask(*plain, question))


@pytest.mark.parametrize("question", STRUCTURAL)
def test_nonsense_words_give_the_same_answer(
    plain: Opened, translated: Opened, nonsense: Nonsense, question: str
) -> None:
    expected = said(ask(*plain, question), nonsense)
    assert said(ask(*translated, nonsense(question))) == expected
