"""``kgq init``: a folder to work in."""

from __future__ import annotations

from pathlib import Path

import click

from kgq.options import Session, examples, session_options

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

@prefix my: <https://example.org/my#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

my:Company a owl:Class ;
    rdfs:label "company"@en ;
    skos:altLabel "firm"@en ;
    rdfs:comment "An organisation that trades."@en .

my:supplies a owl:ObjectProperty ;
    rdfs:label "supplies"@en ;
    rdfs:domain my:Company ;
    rdfs:range my:Company .

my:Acme a my:Company ; rdfs:label "Acme" ; my:supplies my:BoltWorks .
my:BoltWorks a my:Company ; rdfs:label "Bolt Works" .
"""

QUESTIONS = """\
# Questions that this graph must answer, run with: kgq test questions.yaml
# Each has an id, a question, the expected status, and answers where there are any.
questions:
  - id: Q1
    question: which companies does Acme supply
    status: answered
    answers: [Bolt Works]
"""

FILES = {"kgq.toml": SETTINGS, "ontology.ttl": ONTOLOGY, "questions.yaml": QUESTIONS}


@click.command(
    epilog=examples(
        "kgq init my-research", 'cd my-research && kgq load ontology.ttl && kgq query "which companies"'
    )
)
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False))
@session_options("text")
def init(session: Session, folder: Path) -> int:
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
    for name, text in FILES.items():
        with (folder / name).open("x", encoding="utf-8") as file:
            file.write(text)
    session.write("".join(f"{folder / name}\n" for name in (*FILES, "store")))
    session.say(f'next: cd {folder}; kgq load FILE…; kgq query "…"')
    return 0
