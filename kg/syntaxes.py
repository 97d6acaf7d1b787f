"""The syntaxes of RDF: their names, the ends of file names that stand for them, and the parsers."""

from __future__ import annotations

from pyoxigraph import RdfFormat

__all__ = ["PACKINGS", "RDF_SUFFIXES", "RDF_SYNTAXES", "TABLE_SUFFIXES", "suffixes_of", "title_of"]

RDF_SYNTAXES: dict[str, RdfFormat | None] = {
    "turtle": RdfFormat.TURTLE,
    "trig": RdfFormat.TRIG,
    "ntriples": RdfFormat.N_TRIPLES,
    "nquads": RdfFormat.N_QUADS,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
    "n3": RdfFormat.N3,
    "hextuples": None,
}
"""Every syntax that can be read, with the engine's parser; None where kgq has its own."""

RDF_SUFFIXES: dict[str, str] = {
    ".ttl": "turtle",
    ".turtle": "turtle",
    ".trig": "trig",
    ".nt": "ntriples",
    ".nq": "nquads",
    ".n3": "n3",
    ".rdf": "rdfxml",
    ".owl": "rdfxml",
    ".xml": "rdfxml",
    ".jsonld": "jsonld",
    ".hext": "hextuples",
}
"""The syntax of a file by the end of its name."""

TABLE_SUFFIXES: dict[str, str] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
    ".pq": "parquet",
}
"""The form of a table by the end of its name."""

PACKINGS: dict[str, str] = {".gz": "gzip", ".zst": "zstd"}
"""How a file is packed, by a further end of its name."""

_TITLES = {"hextuples": "HexTuples"}


def title_of(name: str) -> str:
    """Return what people call a syntax.

    >>> title_of("rdfxml"), title_of("hextuples")
    ('RDF/XML', 'HexTuples')
    """
    parser = RDF_SYNTAXES.get(name)
    return _TITLES.get(name, name) if parser is None else parser.name


def suffixes_of(name: str) -> tuple[str, str]:
    """Return the end of a file's name that says its format, and the one that says its packing, in lower case.

    >>> suffixes_of("data/Companies.TTL.gz"), suffixes_of("notes")
    (('.ttl', '.gz'), ('', ''))
    """
    parts = name.replace("\\", "/").rsplit("/", 1)[-1].lower().split(".")[1:]
    packing = f".{parts.pop()}" if parts and f".{parts[-1]}" in PACKINGS else ""
    return (f".{parts[-1]}" if parts else ""), packing
