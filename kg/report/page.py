"""A report as one HTML file, and as Markdown."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from importlib.resources import files

from kg.report.content import Fact, Finding, Quote, Report

__all__ = ["html_page", "markdown_page"]


def html_page(report: Report) -> str:
    """Return a report as one HTML file that needs nothing else: no script, nothing from the network.

    >>> from kg.report.content import Report
    >>> "<script" in html_page(Report("Risk", ()))
    False
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("kg.report", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    ours = Markup  # the style sheet, and pictures that escape what they show
    pictures = {n: ours(f.picture) for n, f in enumerate(report.findings) if f.picture}
    return environment.get_template("report.html").render(
        report=report, style=ours(style), digest=digest, pictures=pictures, headline=_headline(report)
    )


@lru_cache(maxsize=1)
def _style() -> str:
    return files("kg.report").joinpath("assets/report.css").read_text("utf-8")


def _headline(report: Report) -> str:
    total = len(report.findings)
    parts = [f"{report.answered} of {total} question{'' if total == 1 else 's'} answered"]
    if report.conflicts:
        parts.append(f"{len(report.conflicts)} pair{'' if len(report.conflicts) == 1 else 's'} of claims disagree")
    return ", ".join(parts)


def markdown_page(report: Report) -> str:
    """Return a report as Markdown; text from the graph is escaped.

    >>> from kg.report.content import Report
    >>> print(markdown_page(Report("Risk", ())).splitlines()[0])
    # Risk
    """
    lines = [f"# {_escaped(report.title)}", "", f"{_headline(report)}.", ""]
    lines += [f"- {_escaped(', '.join(filter(None, document)))}" for document in report.documents]
    for finding in report.findings:
        lines += ["", f"## {_escaped(finding.question)}", ""]
        if finding.status != "answered":
            lines.append(f"**{finding.status.replace('_', ' ').capitalize()}.**")
        elif finding.verdict:
            lines.append(f"**{finding.verdict}.**")
        lines += _table_lines(finding) if finding.head else []
        for fact in () if finding.head else finding.facts:
            lines += _fact_lines(fact)
        if finding.near:
            lines += ["", "Nearest facts:", ""]
            for fact in finding.near:
                lines += _fact_lines(fact)
    if report.conflicts:
        lines += ["", "## Where claims disagree", ""]
    for reason, first, second in report.conflicts:
        lines += [f"**{_escaped(reason.capitalize())}**", "", *_fact_lines(first), *_fact_lines(second), ""]
    return "\n".join(lines).rstrip() + "\n"


def _table_lines(finding: Finding) -> list[str]:
    """Return an answer of several columns as a table, its quotes numbered below."""
    numbers: dict[Quote, int] = {}
    rows = []
    for fact in finding.facts:
        for quote in fact.quotes:
            numbers.setdefault(quote, len(numbers) + 1)
        marks = " ".join(f"({numbers[quote]})" for quote in fact.quotes)
        rows.append(f"| {' | '.join(map(_escaped, fact.cells))} | {fact.kind} | {marks} |")
    head = [*map(_escaped, finding.head), "kind", "quotes"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *rows, ""]
    return lines + [f"{n}. {_quote(quote)}" for quote, n in numbers.items()]


def _quote(quote: Quote) -> str:
    place = ", ".join(filter(None, (quote.document, quote.heading)))
    return f"“{_escaped(quote.words)}”" + (f" — {_escaped(place)}" if place else "")


def _fact_lines(fact: Fact) -> list[str]:
    limits = f" ({_escaped('; '.join(fact.limits))})" if fact.limits else ""
    lines = [f"- **{_escaped(fact.text)}**{limits} · {fact.kind}"]
    lines += [f"  because {_escaped('; '.join(fact.because))}"] if fact.because else []
    lines += [f"  > {_quote(quote)}" for quote in fact.quotes]
    for text, quotes in fact.against:
        lines += [f"  - but: {_escaped(text)}", *(f"    > {_quote(quote)}" for quote in quotes)]
    return lines


def _escaped(text: str) -> str:
    r"""Return text in which nothing is Markdown or HTML.

    >>> _escaped("<b> *x*")
    '&lt;b> \\*x\\*'
    """
    return re.sub(r"([\\`*_\[\]#|~])", r"\\\1", " ".join(text.split())).replace("<", "&lt;")
