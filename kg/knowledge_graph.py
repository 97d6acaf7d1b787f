"""The façade: a graph that was opened, and everything one can do with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyoxigraph import Triple

from kg.cache.telling import Tell, say_nothing
from kg.dataset import Dataset
from kg.errors import QueryError, UnknownEntityError
from kg.opening import Source, load_aside, open_dataset, read_vocabulary
from kg.results import Answer, Claim, Problem, Rows
from kg.terms import expand

if TYPE_CHECKING:
    import rdflib

    from kg.conversation.conversation import Conversation
    from kg.learning.asker import Asker
    from kg.learning.lexicon import Lexicon
    from kg.lookup.names import Entity, Names
    from kg.lookup.overview import Overview
    from kg.lookup.pages import EntityPage
    from kg.lookup.search import Hit
    from kg.vocabulary import Vocabulary

__all__ = ["KnowledgeGraph", "open_graph"]


def open_graph(
    source: Source = None,
    *,
    union: bool | None = None,
    lang: str = "en",
    cache: bool = True,
    lexicon: str | Path | None = None,
) -> KnowledgeGraph:
    """Open a graph.

    >>> graph = open_graph()
    >>> graph.ask("ASK { id:hyperscalers a aii:ActorGroup }")
    True

    Args:
        source: None for the graph that ships with kgq; an RDF file (``.gz`` too), a folder of RDF files, a list of
            these, or an ``rdflib.Graph`` or ``rdflib.Dataset``, which stays yours.
        union: whether the default graph is the union of all graphs; by default where the data holds claims.
        lang: the language of labels, where there is a choice.
        cache: whether large files are kept parsed in the user's cache folder (``KGQ_CACHE``), and found again
            there by their content.
        lexicon: a Turtle file with words of your own (OntoLex entries); it need not exist yet.

    Raises:
        SourceError: a file is missing, empty or broken, or its format is unknown.
    """
    dataset = open_dataset(source, union=union, cache=cache)
    return KnowledgeGraph(dataset, lang=lang, built_in=source is None, lexicon=lexicon)


class KnowledgeGraph:
    """A graph to ask, to look things up in, and to take along.

    >>> graph = open_graph()
    >>> graph.find("AWS").label
    'Amazon Web Services'
    >>> graph.explain("F090").text
    'hyperscalers bear capex risk'

    Args:
        dataset: where the data is.
        lang: the language of labels, where there is a choice.
        built_in: whether this is the graph that ships with kgq, of which the larger part is loaded when needed.
        lexicon: a file with words of the user's own.
    """

    def __init__(
        self, dataset: Dataset, *, lang: str = "en", built_in: bool = False, lexicon: str | Path | None = None
    ) -> None:
        self.lang = lang
        self._lexicon = None if lexicon is None else Path(lexicon)
        self._dataset = dataset
        self._built_in = built_in
        self._partial = built_in

    def __repr__(self) -> str:
        claims = ", with claims" if self._dataset.has_claims else ""
        return f"<KnowledgeGraph: {'built in' if self._built_in else self._dataset.engine.name}{claims}>"

    @property
    def dataset(self) -> Dataset:
        """The whole graph, for SPARQL."""
        if self._partial:
            load_aside(self._dataset)
            self._partial = False
        return self._dataset

    def over(self, dataset: Dataset) -> KnowledgeGraph:
        """Return this graph's words over other data, such as a part of its own or what a scenario makes of it."""
        other = KnowledgeGraph(dataset, lang=self.lang, lexicon=self._lexicon)
        other.vocabulary = self.vocabulary
        return other

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What can be asked: classes, properties, entities and their words, the user's own among them."""
        return self._words(whole=False)

    def read_names(self, tell: Tell = say_nothing) -> Vocabulary:
        """Return the vocabulary with all names; of a large graph they are read now, which ``tell`` is told of.

        >>> open_graph().read_names().is_complete
        True
        """
        if not self.vocabulary.is_complete:
            self.vocabulary = self._words(whole=True, tell=tell)
        return self.vocabulary

    def _words(self, *, whole: bool, tell: Tell = say_nothing) -> Vocabulary:
        built = self._built_in and self.lang == "en"
        of = self._dataset if built else self.dataset
        vocabulary = read_vocabulary(of, self.lang, built_in=built, whole=whole, tell=tell)
        if self._lexicon is None or not self._lexicon.is_file():
            return vocabulary
        from kg.learning.overlay import with_words

        return with_words(vocabulary, self.lexicon.words)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The user's own words, and the readings chosen for ambiguous questions."""
        from kg.learning.lexicon import Lexicon, read_lexicon

        return Lexicon() if self._lexicon is None else read_lexicon(self._lexicon)

    @cached_property
    def names(self) -> Names:
        """Labels, aliases and misspellings on record."""
        from kg.cache.naming import names_of

        return names_of(self._dataset, self.lang)

    def query(self, question: str, *, include: Sequence[str] = ("stated", "inferred")) -> Answer:
        """Answer a question asked in English.

        >>> answer = open_graph().query("who bears capex risk")
        >>> answer.status, answer.rows[0].cells[0].value, answer.rows[0].kind
        ('answered', 'hyperscalers', 'stated')

        Args:
            question: a question, a request, or a few words.
            include: the kinds of claims an answer may rest on: ``stated``, ``inferred``, ``background``.
        """
        return self.asker(include=include)(question, self.vocabulary)

    def choose(self, answer: Answer, reading: int) -> Answer:
        """Answer an ambiguous question by one of its readings, counted from 0."""
        return self.asker().choose(answer, reading, self.vocabulary)

    def conversation(self, *, include: Sequence[str] = ("stated", "inferred")) -> Conversation:
        """Begin a conversation, in which questions may lean on the last answer.

        >>> talk = open_graph().conversation()
        >>> turns = [talk.ask(text) for text in ("what do merchants buy?", "and Oracle?")]
        >>> turns[1].question
        'what do Oracle buy?'

        Args:
            include: the kinds of claims an answer may rest on.
        """
        from kg.conversation.conversation import Conversation

        return Conversation(self.asker(include=include), self.vocabulary)

    def asker(self, *, include: Sequence[str] = ("stated", "inferred")) -> Asker:
        """Return what answers questions over a vocabulary: this graph's own, or one with further words."""
        from kg.learning.asker import Asker

        return Asker(self._dataset, include=include, lang=self.lang, lexicon=lambda: self.lexicon)

    def select(self, sparql: str, *, time_limit: float | None = None, limit: int | None = None) -> Rows:
        """Return the solutions of a SELECT; the graph's prefixes need no declaration.

        Args:
            sparql: the query. It cannot change the graph, read a file or open a connection.
            time_limit: seconds; None for no limit.
            limit: solutions at most.

        Raises:
            QueryError: not a valid SELECT, or nested too deep.
            PolicyError: an update, or SERVICE.
            LimitError: the time is up.
        """
        found = self.evaluate(sparql, time_limit=time_limit, limit=limit)
        if not isinstance(found, Rows):
            raise QueryError("expected a SELECT query. Use ask() or construct() for the other forms.")
        return found

    def ask(self, sparql: str, *, time_limit: float | None = None) -> bool:
        """Return the result of an ASK; raises what :meth:`select` raises."""
        found = self.evaluate(sparql, time_limit=time_limit)
        if not isinstance(found, bool):
            raise QueryError("expected an ASK query. Use select() or construct() for the other forms.")
        return found

    def construct(self, sparql: str, *, time_limit: float | None = None, limit: int | None = None) -> list[Triple]:
        """Return the triples of a CONSTRUCT or DESCRIBE, sorted; raises what :meth:`select` raises."""
        found = self.evaluate(sparql, time_limit=time_limit, limit=limit)
        if not isinstance(found, list):
            raise QueryError("expected a CONSTRUCT or DESCRIBE query. Use select() or ask() for the other forms.")
        return found

    def evaluate(
        self, sparql: str, *, time_limit: float | None = None, limit: int | None = None
    ) -> Rows | bool | list[Triple]:
        """Evaluate SPARQL of any form; see :meth:`select` for what is raised."""
        from kg.evaluation import evaluate

        return evaluate(self.dataset, sparql, time_limit=time_limit, limit=limit)

    def find(self, name: str) -> Entity:
        """Return the one thing that a label, alias, CURIE, IRI or slug stands for.

        Raises:
            UnknownEntityError: nothing has this name; it carries the nearest ones.
            AmbiguousNameError: several things have it.
        """
        return self.names.find(name)

    def show(self, name: str, *, limit: int = 1000) -> EntityPage:
        """Return what the graph holds about a thing; raises what :meth:`find` raises.

        Args:
            name: what :meth:`find` takes.
            limit: instances and triples at most.
        """
        from kg.lookup.pages import describe

        return describe(self.dataset, self.names, self.find(name), lang=self.lang, limit=limit)

    def claims(
        self,
        *,
        subject: str | None = None,
        predicate: str | None = None,
        object: str | None = None,  # noqa: A002 - the RDF word
        kind: str | None = None,
        polarity: str | None = None,
        modality: str | None = None,
        scenario: str | None = None,
        mentioning: str | None = None,
        limit: int | None = None,
    ) -> list[Claim]:
        """Return the claims that match every filter given.

        >>> for claim in open_graph().claims(subject="merchants", predicate="shifts risk to"):
        ...     print(claim.text)
        merchants shift risk to lenders (by debt)
        merchants shift risk to customers of merchants (by long-term contracts)

        Args:
            subject: name of the subject, as :meth:`find` takes it.
            predicate: name of the property.
            object: name of the object.
            kind: ``stated``, ``inferred`` or ``background``.
            polarity: ``positive`` or ``negative``.
            modality: ``asserted``, ``hypothetical``, ``historical`` …
            scenario: name of the scenario.
            mentioning: name of the subject or the object.
            limit: claims at most.

        Raises:
            UnknownEntityError: nothing has one of the names.
            AmbiguousNameError: several things have one of the names.
        """
        from kg.claims import ClaimReader

        found = {
            role: self.find(name).iri
            for role, name in {
                "subject": subject,
                "predicate": predicate,
                "object": object,
                "scenario": scenario,
                "mentioning": mentioning,
            }.items()
            if name is not None
        }
        return ClaimReader(self._dataset, self.lang).matching(
            **found, kind=kind, polarity=polarity, modality=modality, limit=limit
        )

    def explain(self, claim: str) -> Claim:
        """Return a claim with its proof down to the quotes.

        Args:
            claim: its identifier (``F090``), CURIE or IRI.

        Raises:
            UnknownEntityError: there is no such claim.
        """
        from kg.claims import ClaimReader

        reader = ClaimReader(self._dataset, self.lang)
        iri = expand(claim.strip(), self._dataset.prefixes)
        found = reader.many([iri]) if iri is not None else reader.identified(claim.strip())
        if not found:
            raise UnknownEntityError(claim, reader.near(claim))
        return found[0]

    def search(self, text: str, *, limit: int = 20) -> list[Hit]:
        """Return names and quotes that hold the words of a text, misspelt ones too.

        Of a large graph whose names were not read yet, what has a stretch of the text for its name.

        Args:
            text: words to look for.
            limit: names at most, and quotes at most.
        """
        from kg.lookup.search import search

        among = self.vocabulary.naming(text) if self.names.are_many else None
        return search(self._dataset, self.names, text, limit, among)

    def cite(self, claims: Sequence[Claim] | Answer, style: str = "footnote") -> str:
        """Return references for claims, or for the claims an answer rests on.

        Args:
            claims: what to cite.
            style: ``footnote``, ``markdown`` or ``bibtex``.

        Raises:
            ValueError: no such style.
        """
        from kg.formats.citation import cite, claims_of

        found = claims_of(self._dataset, claims) if isinstance(claims, Answer) else claims
        return cite(self._dataset, found, style)

    def verify(self, source: str | Path | None = None) -> list[Problem]:
        """Check every quote of the graph against its document; an empty list means that all hold.

        Args:
            source: the text of a document; without it only lengths and limits are checked.
        """
        from kg.checks.quotes import verify_quotes

        return list(verify_quotes(self.dataset, () if source is None else (Path(source),)).problems)

    def overview(self) -> Overview:
        """Return what can be asked: classes and properties with their words, and example questions."""
        from kg.lookup.overview import overview

        return overview(self._dataset, self.vocabulary, self.names, built_in=self._built_in)

    def stats(self) -> dict[str, Any]:
        """Return counts of what the graph holds, as JSON-ready data."""
        from kg.lookup.statistics import statistics

        return statistics(self.dataset, self.names)

    def export(self, format: str = "trig") -> bytes:  # noqa: A002 - what everybody calls it
        """Return the whole graph in an RDF format, sorted.

        Args:
            format: ``turtle``, ``trig``, ``ntriples``, ``nquads``, ``jsonld``, ``rdfxml``, ``rdf12`` or
                ``nanopub``.

        Raises:
            ValueError: no such format.
        """
        from kg.formats.graphs import export

        return export(self.dataset, format).data

    def to_rdflib(self) -> rdflib.Dataset:
        """Return a copy as an ``rdflib.Dataset`` whose default graph is the union of all its graphs."""
        import rdflib

        from kg.engines.rdf_lib import RdflibEngine

        copy = rdflib.Dataset(default_union=True)
        for prefix, base in self._dataset.prefixes.items():
            copy.bind(prefix, base)
        RdflibEngine(copy).add(self.dataset.engine.quads())
        return copy

    def _repr_html_(self) -> str:
        from kg.display import graph_html

        return graph_html("the built-in graph" if self._built_in else "a knowledge graph", self.stats())
