"""Words that a plug-in explains: it computes with the answer to the rest of the question."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from kg.plugins import OPERATORS, Plugin, plugins
from kg.results import Answer

__all__ = ["ask_plugged"]


def ask_plugged(answer: Answer, ask: Callable[[str], Answer]) -> Answer:
    """Answer a question that kgq alone does not understand with the help of the operators installed.

    The words of an operator are taken out of the question, the rest is asked as ever, and the operator is given
    the answer. Where the rest is not stated, neither is the whole; where it is not understood or ambiguous, or the
    operator gives None because it does not fit, the question stays not understood.

    >>> ask_plugged(Answer("how odd", "not_understood"), lambda rest: Answer(rest, "answered")).status
    'not_understood'

    Args:
        answer: what kgq says by itself.
        ask: answers the rest.

    Raises:
        PluginError: the operator failed.
    """
    started = time.perf_counter()
    for plugin in plugins(OPERATORS).values():
        rest = without(answer.question, plugin.name)
        found = ask(rest) if rest else None
        if found is None or found.status not in ("answered", "not_stated"):
            continue
        if found.status == "answered":
            found = plugin.call(found, gives=(Answer, type(None)))
        if found is not None:
            return _whole(answer.question, plugin, found, started)
    return answer


def without(question: str, name: str) -> str:
    """Return a question without the words of an operator, empty if they are not in it.

    >>> without("What is the median of the prices of chips?", "median-of")
    'What is the prices of chips?'

    Args:
        question: the question.
        name: the words, joined by hyphens.
    """
    words = r"\s+".join(map(re.escape, name.split("-")))
    article = r"(?:\b(?:the|an?)\s+(?=" + words + r"\s+(?:the|an?)\b))?"
    rest, times = re.subn(rf"{article}\b{words}\b\s*", "", question, count=1, flags=re.IGNORECASE)
    return rest.strip() if times else ""


def _whole(question: str, plugin: Plugin, found: Answer, started: float) -> Answer:
    phrase = plugin.name.replace("-", " ")
    return found._replace(
        question=question,
        paraphrase=f"{phrase}: {found.paraphrase}" if found.paraphrase else phrase,
        explanation=(*found.explanation, f"{phrase}: computed by the plug-in {plugin.package}"),
        elapsed_ms=(time.perf_counter() - started) * 1e3,
    )
