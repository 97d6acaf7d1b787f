"""How right suggestions are: precision and recall against the claims that people wrote for a document.

::

    KGQ_SOURCE=post.txt python bench/suggestions.py         # the built-in document
    python bench/suggestions.py documents/letter            # a folder of one's own
    python bench/suggestions.py --annotated FILE...         # texts with their claims between the lines

A suggestion is right if subject, predicate, object or value, polarity and modality are those of a claim, all of
them.

An annotated text is the text itself, with lines that begin with ``@`` (the kind of the sentences that follow) and
``=`` (a claim of the line before: ``= subject|predicate|object|-|modality``, ``-`` for a denied one; the last two
may be missing). ``=~`` marks a claim that may be suggested, but should not be sure.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import re
import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kg import open_graph
from kg.documents.metadata import read_document_info
from kg.documents.text import SourceText
from kg.suggesting.candidates import Candidate
from kg.suggesting.text import suggest
from kg.terms import local_name
from kg.vocabulary.claim_terms import ClaimTerms

Said = tuple[str, str, str, str, str]
BLOCK = re.compile(r"\s*([-*]|\d+[.)]|#|\||>|[QA]:|~~|`)")


@dataclass
class Score:
    """What was found, by kind of sentence."""

    kinds: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def add(self, kind: str, candidate: Candidate, gold: Iterable[tuple[Said, bool]]) -> Said | None:
        """Count a suggestion; return the claim that it is, if it is one."""
        said = said_by(candidate)
        level = "sure" if candidate.sure else "unsure"
        gold = list(gold)
        held = [sure for claim, sure in gold if claim == said]
        self.kinds[kind][level] += 1
        if held:
            self.kinds[kind][f"{level} right"] += 1
            self.kinds[kind]["too sure"] += candidate.sure and not any(held)
            return said
        near = [claim for claim, _ in gold if claim[:2] == said[:2]]
        if any(claim[2] == said[2] and claim[3] != said[3] for claim in near):
            error = "polarity"
        elif any(claim[2] == said[2] for claim in near):
            error = "modality"
        else:
            error = "number" if candidate.object is None and near else "other"
        self.kinds[kind][f"{level} {error}"] += 1
        self.wrong.append(f"{level:7}{error:9} {said}  “{' '.join(candidate.quote.split())[:90]}”")
        return None

    def find(self, kind: str, readings: Iterable[Said], found: set[Said]) -> None:
        """Count a claim as found, if one of its readings is."""
        readings = list(readings)
        held = bool(set(readings) & found)
        self.kinds[kind]["found"] += held
        if not held:
            self.missed.append(f"missed {kind:9} {readings[0]}")

    def report(self, *, verbose: bool) -> None:
        """Print a line for each kind of sentence, and the sums."""
        print(f"{'kind':24}{'sure':>12}{'unsure':>12}{'recall':>12}")
        total: Counter[str] = Counter()
        for kind, counts in sorted(self.kinds.items()):
            total += counts
            self._line(kind, counts)
        self._line("all", total)
        errors = {name: total[f"sure {name}"] for name in ("polarity", "number", "modality")}
        everywhere = {name: total[f"sure {name}"] + total[f"unsure {name}"] for name in errors}
        print(f"errors in sure ones: {errors}; in all: {everywhere}")
        print(f"right, and surer than annotated: {total['too sure']}")
        if verbose:
            print("\n".join([*self.wrong, *self.missed]))

    @staticmethod
    def _line(kind: str, counts: Counter[str]) -> None:
        cells = (
            f"{counts['sure right']}/{counts['sure']}",
            f"{counts['unsure right']}/{counts['unsure']}",
            f"{counts['found']}/{counts['gold']}",
        )
        print(f"{kind:24}" + "".join(f"{cell:>12}" for cell in cells))


def said_by(candidate: Candidate) -> Said:
    """Return what a suggestion says, by names in small letters."""
    end = candidate.object.text if candidate.object is not None else candidate.value or ""
    parts = (candidate.subject.text, local_name(candidate.predicate), end, candidate.polarity, candidate.modality)
    return (parts[0].casefold(), parts[1], parts[2].casefold(), parts[3], parts[4])


def read_annotated(path: Path) -> tuple[str, list[tuple[int, str]], dict[int, list[tuple[Said, bool]]]]:
    """Return the text, where each line begins with its kind, and the claims of each line by its number."""
    text, kind, join = "", "", False
    lines: list[tuple[int, str]] = []
    gold: dict[int, list[tuple[Said, bool]]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("@"):
            kind = line[1:].strip()
        elif line.startswith("="):
            parts = [part.strip() for part in line.lstrip("=~").split("|")]
            parts += ["+", "asserted"][len(parts) - 3 :]
            polarity = "negative" if parts[3] == "-" else "positive"
            said = (parts[0].casefold(), parts[1], parts[2].casefold(), polarity, parts[4])
            gold[len(lines) - 1].append((said, not line.startswith("=~")))
        elif not line.strip():
            text, join = text.rstrip() + "\n\n", False
        else:
            block = bool(BLOCK.match(line)) or bool(re.match(r"[A-Z][\w ,]*:\s", line))
            if text and not text.endswith("\n"):
                text += " " if join and not block else "\n"
            lines.append((len(text), kind or "list"))
            text += line
            join = bool(re.search(r"[.!?]\S{0,2}$", line))
    return text, lines, gold


def score_annotated(paths: Iterable[Path], terms: ClaimTerms, score: Score) -> None:
    """Count the suggestions of annotated texts, each against the claims of the line it stands in."""
    for path in paths:
        text, lines, gold = read_annotated(path)
        starts = [start for start, _ in lines]
        found: dict[int, set[Said]] = defaultdict(set)
        for candidate in suggest(text, terms):
            number = bisect_right(starts, max(candidate.start, candidate.end - 1)) - 1
            said = score.add(lines[number][1], candidate, gold.get(number, ()))
            if said:
                found[number].add(said)
        for number, claims in gold.items():
            same: dict[tuple[str, ...], list[Said]] = defaultdict(list)
            for said, _ in claims:
                same[said[:3]].append(said)  # several readings of one claim count once
            score.kinds[lines[number][1]]["gold"] += len(same)
            for each in same.values():
                score.find(lines[number][1], each, found[number])


def score_folder(folder: Path, text: SourceText | None, terms: ClaimTerms, score: Score) -> None:
    """Count the suggestions of a document against the stated claims of its table, by the form of the passage."""
    info, source, problems = read_document_info(folder / "document.yaml", text)
    if info is None or source is None:
        sys.exit(f"{folder}: {problems[0] if problems else 'no text'}")
    rows = csv.DictReader(io.StringIO((folder / "claims.csv").read_text("utf-8")))
    label = {iri.rpartition("/")[2]: thing.label for iri, thing in terms.things.items()}
    gold: dict[Said, str] = {}
    for row in rows:
        if row["subject"] and row["kind"] in ("stated", ""):
            end = label.get(row["object"], row["object"]) or row["value"].partition("^^")[0].strip('"')
            name = label.get(row["subject"], row["subject"])
            predicate = row["predicate"].rpartition(":")[2]
            rest = (row["polarity"] or "positive", row["modality"] or "asserted")
            gold[(name.casefold(), predicate, end.casefold(), *rest)] = form(row["quote"])
    headings = [(heading.start, heading.text, heading.level) for heading in info.headings]
    found = set()
    for candidate in suggest(source.text, terms, headings=headings, extent=info.extent):
        said = score.add(form(candidate.quote), candidate, [(claim, True) for claim in gold])
        if said:
            found.add(said)
    for said, kind in gold.items():
        score.kinds[kind]["gold"] += 1
        score.find(kind, [said], found)


def form(quote: str) -> str:
    """Return the form of a passage: a list, or prose of so many words."""
    if "•" in quote:
        return "list with what leads it"
    return "up to 4 words" if len(quote.split()) < 5 else "sentence"


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", type=Path, help="document folders, or annotated texts")
    parser.add_argument("--annotated", action="store_true", help="the paths are annotated texts")
    parser.add_argument("-v", "--verbose", action="store_true", help="show what is wrong and what was missed")
    args = parser.parse_args()
    terms = open_graph().vocabulary.claim_terms
    if terms is None:
        sys.exit("the graph has no claims")
    score = Score()
    if args.annotated:
        score_annotated(args.paths, terms, score)
    elif args.paths:
        for folder in args.paths:
            score_folder(folder, None, terms, score)
    else:
        if not os.environ.get("KGQ_SOURCE"):
            sys.exit("KGQ_SOURCE is not set. Give the path of the document's text.")
        text, problems = SourceText.read(Path(os.environ["KGQ_SOURCE"]))
        if text is None:
            sys.exit(str(problems[0]))
        score_folder(Path(__file__).parents[1] / "ontology/documents/ldc-build-out", text, terms, score)
    score.report(verbose=args.verbose)


if __name__ == "__main__":
    main()
