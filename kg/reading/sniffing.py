"""What a file is by its first bytes, where its name does not say or says something else."""

from __future__ import annotations

import re

__all__ = ["foreign", "sniff"]

_FOREIGN = (
    (0, b"PK\x03\x04", "a zip archive or an office document"),
    (0, b"BZh", "packed with bzip2"),
    (0, b"\xfd7zXZ\x00", "packed with xz"),
    (0, b"7z\xbc\xaf", "a 7-Zip archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"%PDF", "a PDF"),
    (0, b"SQLite format 3", "an SQLite database"),
    (0, b"$HDT", "HDT"),
    (0, b"\x7fELF", "a program"),
    (0, b"\x89PNG", "a picture"),
    (0, b"\xff\xd8\xff", "a picture"),
)
_COMMENT = re.compile(rb"(?:\s+|#[^\n]*(?:\n|\Z))+")
_TURTLE = re.compile(rb"(?i)(?:@prefix|@base|prefix\s|base\s|<[^<>\s]*>\s*(?:<|[\w-]*:|a\s)|[\w-]*:\S+\s|\[|_:)")
_TRIG = re.compile(rb"(?i)(?:^|\.\s*|\n)\s*(?:graph\s+)?(?:<[^<>\s]*>|[\w-]*:[\w-]*)?\s*\{")
_GRAPH = re.compile(rb"(?i)\s*(?:graph\s|\{\s*(?:<|_:|[\w-]*:|\[|\}))")
_TERM = rb'(?:<[^<>"{}\s]*>|_:\S+|"(?:[^"\\\n]|\\.)*"(?:@[\w-]+|\^\^<[^<>\s]*>)?)'
_LINE = re.compile(rb"\s*" + rb"\s*".join([_TERM] * 3) + rb"\s*(<[^<>\s]*>|_:\S+)?\s*\.\s*(?:#.*)?\r?\Z")
_XML = re.compile(rb"\s*<(?:\?xml|!DOCTYPE|!--|rdf:RDF|[\w.-]+:RDF)")
_HTML = re.compile(rb"(?i)\s*<(?:!doctype\s+html|html)")


def foreign(head: bytes) -> str:
    """Return what a file is that kgq does not read, or ''.

    >>> foreign(b"%PDF-1.7")
    'a PDF'
    """
    if _HTML.match(head):
        return "a web page"
    return next((what for at, magic, what in _FOREIGN if head[at : at + len(magic)] == magic), "")


def sniff(head: bytes) -> str:
    r"""Return the form of a file by its first bytes, or '' where they do not tell.

    >>> sniff(b"@prefix e: <http://e/> ."), sniff(b'{"@id": "http://e/a"}'), sniff(b"PAR1")
    ('turtle', 'jsonld', 'parquet')
    >>> sniff(b"<http://e/a> <http://e/p> 1 .\n"), sniff(b"id,name\n1,x\n")
    ('turtle', '')
    """
    if head.startswith(b"PAR1"):
        return "parquet"
    text = head.removeprefix(b"\xef\xbb\xbf")
    start = text.lstrip()
    if start.startswith(b"["):
        first = start[1:].lstrip()
        if first.startswith(b'"') and start.split(b"\n", 1)[0].rstrip().endswith(b"]"):
            return "hextuples"
    if start.startswith((b"{", b"[")) and re.search(rb'"@(?:id|context|graph|type|list|set)"', start):
        return "jsonld"
    if _XML.match(text):
        return "rdfxml" if b"RDF" in text else ""
    return _triples(text)


def _triples(text: bytes) -> str:
    lines = [line for line in text.split(b"\n")[:50] if line.strip() and not line.lstrip().startswith(b"#")]
    whole = lines[:-1] or lines  # the last line of a head may be cut
    found = [_LINE.match(line) for line in whole]
    if found and all(found):
        return "nquads" if any(match[1] for match in found if match) else "ntriples"
    body = text[skipped.end() :] if (skipped := _COMMENT.match(text)) else text
    if _TRIG.search(body) and (_TURTLE.match(body) or _GRAPH.match(body)):
        return "trig"
    return "turtle" if _TURTLE.match(body) else ""
