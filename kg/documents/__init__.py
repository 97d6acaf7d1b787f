"""Sources of claims: a document's folder, quotes and where they stand, RDF files."""

from __future__ import annotations

from kg.documents.anchoring import Anchor
from kg.documents.document import DocumentSource, read_document
from kg.documents.metadata import DocumentInfo
from kg.documents.rdf import RdfSource, read_rdf
from kg.documents.text import SourceText

__all__ = ["Anchor", "DocumentInfo", "DocumentSource", "RdfSource", "SourceText", "read_document", "read_rdf"]
