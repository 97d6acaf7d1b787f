"""Looking at the first word never hides a frame that would have matched."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module

import yaml

import kg.questions.claims.forms
from kg.questions.claims.forms.first_words import first_words
from kg.questions.claims.forms.question import Frame
from kg.questions.claims.lattice import words_of
from kg.resources import ontology_folder


def frames_in(value: object) -> Iterator[Frame]:
    """Yield the frames of a value, those inside its tuples, lists and mappings among them."""
    if isinstance(value, Frame):
        yield value
    elif isinstance(value, (tuple, list, dict)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from frames_in(inner)


def test_no_frame_is_passed_over_that_fits() -> None:
    forms = kg.questions.claims.forms
    modules = [import_module(f"{forms.__name__}.{module.name}") for module in pkgutil.iter_modules(forms.__path__)]
    patterns = {frame._pattern for module in modules for frame in frames_in(list(vars(module).values()))}
    assert len(patterns) > 100
    questions = yaml.safe_load((ontology_folder() / "questions.yaml").read_text("utf-8"))
    texts = [" ".join(word.lower for word in words_of(entry["question"])) for entry in questions]
    for pattern in patterns:
        known = first_words(pattern)
        for text in texts:
            if re.fullmatch(pattern, text):
                assert not known or text.partition(" ")[0] in known


def test_a_beginning_that_cannot_be_told_rules_nothing_out() -> None:
    for pattern in (r".+ risk", r"(?P<core>.+)", r"[a-z]+ of", r"(?:the )?.*", r"a* b", r"(?=x)x", r"\w+ x"):
        assert first_words(pattern) == frozenset()


def test_nested_choices_are_followed_to_the_first_blank() -> None:
    assert first_words(r"(?:(?:can|could) you )?(?:tell(?: me)?|say) it") == {"can", "could", "tell", "say"}
    assert first_words(r"who(?: is|'s) (?P<x>.+)") == {"who", "who's"}
