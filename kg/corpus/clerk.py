"""A process that reviews for the page: one JSON line in, one out, so that the server itself stays quick and small.

It reads a project's documents with a graph, shows what waits, records decisions, and writes what is to be
published as one SPARQL update. It ends when its standard input does.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.corpus.project import Project
from kg.corpus.reviewing import EDITABLE, Sitting, Waiting, edited, parts
from kg.corpus.suggestions import Suggestion
from kg.errors import KgError, SourceError

__all__ = ["Clerk", "run", "waiting_data"]

_STATES = ("accepted", "rejected", "later")


def waiting_data(waiting: Waiting) -> dict[str, Any]:
    """Return a suggestion with what helps to decide as JSON-ready data; its form is in ``docs``."""
    return {
        **waiting.item.to_dict(),
        "parts": parts(waiting.item.candidate),
        "before": waiting.before,
        "after": waiting.after,
        "same": len(waiting.same),
        "near": [
            {
                "claim": claim.iri,
                "identifier": claim.identifier,
                "text": claim.text,
                "kind": claim.kind,
                "document": claim.labels.get(claim.document or "", ""),
                "quotes": [each.quote for each in claim.quotes[:2]],
            }
            for claim in waiting.near
        ],
    }


class Clerk:
    """Answers requests about one project.

    Args:
        project: whose documents are reviewed.
        source: the graph they are read with; opened when the first request needs it.
    """

    def __init__(self, project: Project, source: Path) -> None:
        self._project = project
        self._source = source
        self._sitting: Sitting | None = None

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one request; what is wrong with it is said in one line under ``error``."""
        verbs: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "documents": self._documents, "next": self._next, "decide": self._decide,
            "back": self._back, "publish": self._publish,
        }  # fmt: skip
        try:
            return verbs[request["verb"]](request)
        except KgError as error:
            return {"error": " ".join(str(error).split())}

    @property
    def _desk(self) -> Sitting:
        if self._sitting is None:
            from kg.knowledge_graph import open_graph

            self._sitting = Sitting(self._project, open_graph(self._source), "")
        return self._sitting

    def _documents(self, _: Mapping[str, Any]) -> dict[str, Any]:
        """Return each document with how much is to decide; reading them for suggestions if nobody did."""
        import yaml

        found = []
        for name in self._project.names():
            folder = self._project.folder(name)
            title = (yaml.safe_load((folder / "document.yaml").read_text("utf-8")) or {}).get("title") or name
            waiting = len(self._desk.queue(name))
            states = self._desk.counts()[name]
            found.append({"name": name, "title": str(title), "waiting": waiting, "states": states})
        return {"documents": found, "unpublished": self._desk.unpublished() if found else 0}

    def _next(self, request: Mapping[str, Any]) -> dict[str, Any]:
        name, skipped = str(request["document"]), set(request.get("skip", ()))
        queue = self._desk.queue(name)
        left = [item for item in queue if item.candidate.id not in skipped]
        shown = waiting_data(self._desk.waiting(name, left[0])) if left else None
        return {"document": name, "waiting": len(queue), "suggestion": shown, **self._choices()}

    def _choices(self) -> dict[str, Any]:
        """Return what an edit can choose from."""
        from kg.corpus.reviewing import modalities

        terms = self._desk.graph.vocabulary.claim_terms
        labels = sorted({relation.label for relation in terms.relations.values()}) if terms is not None else []
        return {"predicates": labels, "modalities": list(modalities(self._desk.graph))}

    def _item(self, request: Mapping[str, Any]) -> Suggestion:
        items = self._desk.suggestions(str(request["document"])).items
        found = [item for item in items if item.candidate.id == request["id"]]
        if not found:
            raise SourceError(f"no suggestion '{request['id']}' in this document. Load the page again.")
        if found[0].state not in ("open", "later"):
            raise SourceError(f"this was {found[0].state} by {found[0].by or 'somebody'} meanwhile.")
        return found[0]

    def _decide(self, request: Mapping[str, Any]) -> dict[str, Any]:
        item, state = self._item(request), request["state"]
        if state not in _STATES:
            raise SourceError(f"'{state}' is no decision. It is one of {', '.join(_STATES)}.")
        changes = {part: str(words) for part, words in request.get("changes", {}).items() if part in EDITABLE}
        if changes:
            item = edited(self._desk.graph, item, changes)
        self._desk.by = str(request.get("by") or "page")
        return {"decided": self._desk.decide(str(request["document"]), item, state).to_dict()}

    def _back(self, _: Mapping[str, Any]) -> dict[str, Any]:
        return {"decided": self._desk.take_back().to_dict()}

    def _publish(self, _: Mapping[str, Any]) -> dict[str, Any]:
        """Build the graph of all documents and write the update that puts it into the store."""
        built = self._project.build()
        wrong = [str(problem) for problem in built.problems if problem.severity == "error"]
        if wrong:
            raise SourceError(f"not published: {wrong[0]}")
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="kgq-", suffix=".ru", delete=False) as file:
            file.writelines(_update(built.lines()))
        self._sitting = None
        return {"update": file.name, "statements": len(built.lines())}


def _update(lines: list[str]) -> Iterator[str]:
    """Yield the parts of an update that replaces every graph of some N-Quads by what they say."""
    graphs: dict[str, list[str]] = {}
    for line in lines:
        triple, _, graph = line.removesuffix(" .").rpartition(" ")
        graphs.setdefault(graph, []).append(triple)
    for graph, triples in graphs.items():
        yield f"DROP SILENT GRAPH {graph} ;\nINSERT DATA {{ GRAPH {graph} {{\n"
        yield from (f"{triple} .\n" for triple in triples)
        yield "} } ;\n"


def run() -> None:
    """Answer requests until standard input ends; the arguments are the project, the graph, what it builds on."""
    root, source, *base = map(Path, sys.argv[1:])
    clerk = Clerk(Project(root, tuple(base)), source)
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        out.write(json.dumps(clerk.answer(json.loads(line)), ensure_ascii=False).encode() + b"\n")
        out.flush()
