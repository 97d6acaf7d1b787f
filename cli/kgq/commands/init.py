"""``kgq init``: a folder to work in."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kgq.options import Session, examples, session_options
from kgq.projects import base_folders, with_option

__all__ = ["init"]

SETTINGS = """\
# Settings of kgq in this folder. Flags and KGQ_* variables go before them, the user's own kgq.toml after.
graph = "store"

# [query]
# include = ["stated", "inferred", "background"]
"""

ONTOLOGY = """\
# Terms of your own. A label is a word that questions may use; kgq needs nothing else.
# Load it like any other file: kgq load ontology.ttl
# What follows is an example: put terms of your own in its place.

@prefix my: <https://example.org/my#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

my:Workshop a owl:Class ;
    rdfs:label "workshop"@en ;
    skos:altLabel "repair shop"@en ;
    skos:definition "A place where machines are repaired."@en .

my:supplies a owl:ObjectProperty ;
    rdfs:label "supplies"@en ;
    skos:definition "Relates a workshop to one that it sends parts to."@en ;
    rdfs:domain my:Workshop ;
    rdfs:range my:Workshop .

my:Acme a my:Workshop ; rdfs:label "Acme" ; my:supplies my:BoltWorks .
my:BoltWorks a my:Workshop ; rdfs:label "Bolt Works" .
"""

QUESTIONS = """\
# Questions that this graph must answer, run with: kgq test questions.yaml
# Each has an id, a question, the expected status, and answers where there are any.
# What follows is an example, right once ontology.ttl is loaded: put questions of your own in its place.
questions:
  - id: Q1
    question: which workshops does Acme supply
    status: answered
    answers: [Bolt Works]
"""

TERMS = """\
# Terms of your own, beside those the documents build on. Each needs a label, a definition, and what it joins.

@prefix my: <https://example.org/my#> .
@prefix aii: <https://w3id.org/kgq/aii#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

# my:insures a owl:ObjectProperty ;
#     rdfs:label "insures"@en ;
#     skos:definition "Relates an actor to another whose losses it makes good."@en ;
#     rdfs:domain aii:MarketActor ; rdfs:range aii:MarketActor .
"""

SHIPPED_QUESTIONS = """\
# Questions that this graph must answer, run with: kgq test questions.yaml
questions:
  - id: Q1
    question: who bears capex risk
    status: answered
    answers: [hyperscalers]
    match: at_least
"""

FILES = {"kgq.toml": SETTINGS, "ontology.ttl": ONTOLOGY, "questions.yaml": QUESTIONS}


@click.command(
    epilog=examples(
        "kgq init my-research", 'cd my-research && kgq load ontology.ttl && kgq query "which workshops"'
    )
)
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False))
@with_option
@session_options("text")
def init(session: Session, folder: Path, base: tuple[str, ...]) -> int:
    """Make a folder to work in: settings (kgq.toml), an ontology to begin with, a question pack, and a store.

    Commands that run in the folder use its store. Nothing that is there is overwritten.
    """
    from kg.errors import SourceError
    from kg.store import open_store

    there = [name for name in (*FILES, "store") if (folder / name).exists()]
    if there:
        raise SourceError(
            f"has {', '.join(there)} already, and nothing is overwritten. Name another folder.", path=str(folder)
        )
    folder.mkdir(parents=True, exist_ok=True)
    open_store(folder / "store", create=True)
    files = _files(base)
    for name, text in files.items():
        with (folder / name).open("x", encoding="utf-8") as file:
            file.write(text)
    session.write("".join(f"{folder / name}\n" for name in (*files, "store")))
    if base:
        _publish(folder, base)
    session.say(f'next: cd {folder}; kgq load FILE… for data, kgq add FILE for a document; kgq query "…"')
    return 0


def _files(base: tuple[str, ...]) -> dict[str, str]:
    """Return what the folder begins with; terms of its own would clash with those the documents build on."""
    if not base:
        return FILES
    questions = {"questions.yaml": SHIPPED_QUESTIONS} if "built-in" in base else {}
    return {"kgq.toml": SETTINGS + _with(base), "ontology.ttl": TERMS, **questions}


def _with(base: tuple[str, ...]) -> str:
    """Return the setting that names what the documents build on, folders as they are seen from anywhere."""
    names = [name if name == "built-in" else str(Path(name).resolve()) for name in base]
    return f"\n# What the documents build on; it is part of the graph.\nwith = {json.dumps(names)}\n"


def _publish(folder: Path, base: tuple[str, ...]) -> None:
    """Put what the documents build on into the new store, so that it can be asked at once."""
    from kg.corpus.project import SOURCE, Project
    from kg.store import open_store

    project = Project(folder, base_folders(base))
    project.documents.mkdir()
    with open_store(folder / "store").transaction() as transaction:
        transaction.load_built(project.build(), project.documents, name=SOURCE)
