"""A user's own words for the terms of a graph: OntoLex entries in a Turtle file, loaded with the graph.

Entries are added at the end of the file, each complete in itself; what a person wrote there stays as it was.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kg.errors import SourceError
from kg.learning.overlay import LexicalWord
from kg.terms import PREFIXES, local_name
from kg.vocabulary.words import fold, tokenize

__all__ = ["LEXICON_HEAD", "Lexicon", "read_lexicon", "remember"]

_ONTOLEX, _LEXINFO, _KGQ, _DCTERMS = (PREFIXES[name] for name in ("ontolex", "lexinfo", "kgq", "dcterms"))
_FORMS = ("canonicalForm", "otherForm", "lexicalForm")
_NEW = "https://w3id.org/kgq/lexicon/own/"

LEXICON_HEAD = """# Words of your own for the terms of your graphs, in OntoLex-Lemon: https://www.w3.org/2016/05/ontolex/
# `kgq query --interactive` and `kgq shell` add to it what you tell them. Change it, or remove what is wrong.

@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix kgq: <https://w3id.org/kgq/core#> .
@prefix lexinfo: <http://www.lexinfo.net/ontology/3.0/lexinfo#> .
@prefix ontolex: <http://www.w3.org/ns/lemon/ontolex#> .
"""


class Lexicon:
    """What the user's lexicon says.

    Attributes:
        words: the entries.
        choices: the reading chosen for a question, by :meth:`key`.
    """

    def __init__(self, words: list[LexicalWord] | None = None, choices: dict[str, str] | None = None) -> None:
        self.words = words or []
        self.choices = choices or {}

    @staticmethod
    def key(question: str) -> str:
        """Return what two ways to write one question share.

        >>> Lexicon.key("Who buys  GPUs?") == Lexicon.key("who buys gpus")
        True
        """
        return " ".join(token.lower for token in tokenize(question) if token.is_word)


def read_lexicon(path: Path) -> Lexicon:
    """Read a lexicon; a file that is not there is an empty one.

    Raises:
        SourceError: it cannot be read, or is not Turtle.
    """
    if not path.is_file():
        return Lexicon()
    links: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    try:
        for quad in parse(path=str(path), format=RdfFormat.TURTLE, base_iri=path.absolute().as_uri()):
            value = quad.object.value if isinstance(quad.object, (NamedNode, Literal)) else str(quad.object)
            subject = quad.subject.value if isinstance(quad.subject, NamedNode) else str(quad.subject)
            links[subject][quad.predicate.value].append(value)
    except SyntaxError as error:
        reason = str(error.msg).replace("Parser error ", "").rstrip(".")
        message = f"not valid Turtle: {reason}. Correct the lexicon, or remove the entry."
        raise SourceError(message, path=str(path), line=error.lineno) from error
    except (OSError, ValueError) as error:
        raise SourceError(f"cannot be read: {error}. Check the file.", path=str(path)) from error
    return Lexicon(list(_words(links)), dict(_choices(links)))


def _words(links: dict[str, dict[str, list[str]]]) -> Iterator[LexicalWord]:
    for about in [links[node] for node in sorted(links)]:
        targets = [*about.get(_ONTOLEX + "denotes", ())]
        for sense in about.get(_ONTOLEX + "sense", ()):
            targets += links[sense].get(_ONTOLEX + "reference", []) if sense in links else []
        if not targets:
            continue
        part = local_name((about.get(_LEXINFO + "partOfSpeech") or ["noun"])[0])
        forms = [form for name in _FORMS for form in about.get(_ONTOLEX + name, ()) if form in links]
        written = {text for form in forms for text in links[form].get(_ONTOLEX + "writtenRep", ())}
        written |= set(about.get(_ONTOLEX + "writtenRep", ()))
        inverse = "inverse" in about.get(_KGQ + "argumentOrder", ())
        for text in sorted(written):
            for target in sorted(set(targets)):
                yield LexicalWord(text, (target,), part, inverse)


def _choices(links: dict[str, dict[str, list[str]]]) -> Iterator[tuple[str, str]]:
    for about in links.values():
        for question in about.get(_KGQ + "askedQuestion", ()):
            for reading in about.get(_KGQ + "chosenReading", ())[-1:]:
                yield Lexicon.key(question), reading


def remember(path: Path, word: LexicalWord | None = None, *, question: str = "", reading: str = "") -> None:
    """Add an entry to a lexicon: a word and its meaning, or the reading chosen for a question.

    Args:
        path: the file; made, with its folders, where there is none.
        word: an entry.
        question: a question, with
        reading: the paraphrase of the reading that is meant.

    Raises:
        SourceError: the file is broken, or cannot be written.
    """
    block = _entry(word) if word is not None else _choice(question, reading)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(path):
            read_lexicon(path)  # adding to a broken file would hide where it broke
            old = path.read_text(encoding="utf-8") if path.is_file() else LEXICON_HEAD
            _replace(path, old.rstrip("\n") + "\n\n" + block)
    except OSError as error:
        raise SourceError(f"cannot be written: {error}. Check the path.", path=str(path)) from error


def _entry(word: LexicalWord) -> str:
    node = _node(word.text, *word.targets)
    denotes = " , ".join(str(NamedNode(iri)) for iri in word.targets)
    order = f'\n    <{_KGQ}argumentOrder> "inverse" ;' if word.inverse else ""
    return (
        f"<{node}> a <{_ONTOLEX}LexicalEntry> ;\n"
        f"    <{_LEXINFO}partOfSpeech> <{_LEXINFO}{word.part_of_speech}> ;{order}\n"
        f"    <{_ONTOLEX}canonicalForm> [ <{_ONTOLEX}writtenRep> {Literal(word.text, language='en')} ] ;\n"
        f"    <{_ONTOLEX}denotes> {denotes} ;\n"
        f"    <{_DCTERMS}created> {_today()} .\n"
    )


def _choice(question: str, reading: str) -> str:
    return (
        f"<{_node(Lexicon.key(question))}> <{_KGQ}askedQuestion> {Literal(question)} ;\n"
        f"    <{_KGQ}chosenReading> {Literal(reading)} ;\n"
        f"    <{_DCTERMS}created> {_today()} .\n"
    )


def _node(*parts: str) -> str:
    slug = "-".join(token.lower for token in tokenize(fold(parts[0])) if token.is_word and token.lower.isascii())
    return f"{_NEW}{slug[:40] or 'word'}-{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:8]}"


def _today() -> str:
    day = datetime.now(timezone.utc).date().isoformat()
    return str(Literal(day, datatype=NamedNode(PREFIXES["xsd"] + "date")))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other processes from adding at the same time, where the platform can."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with path.with_name(f".{path.name}.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o777)
        temporary.replace(path.resolve() if path.is_symlink() else path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
