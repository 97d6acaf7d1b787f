"""``kgq check``: every problem of the sources, with file, line and remedy."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from kg.errors import SourceError

EPILOG = """\b
Exit codes: 0 conforms, 1 does not, 4 cannot be read.
\b
Examples:
  kgq check                         the sources that ship with kgq
  kgq check my-report/claims.csv    a file, together with its neighbours
  kgq check ontology.ttl --format json
"""


def default_folder(*, writing: bool = False) -> Path:
    """Return the folder of sources that ships with kgq, the short way from here.

    Raises:
        SourceError: it would be written to and lies inside the installed package.
    """
    from kg.resources import ontology_folder

    folder = ontology_folder()
    if writing and folder.parent.name == "kg":
        message = (
            "the sources that ship with kgq are not rebuilt inside the installed package. Give -o or a FOLDER."
        )
        raise SourceError(message, path=str(folder))
    relative = Path(os.path.relpath(folder))
    return folder if relative.parts[:1] == ("..",) else relative


def at_hand(source: Path | None, folder: Path) -> Path | None:
    """Return the text to check against; one from KGQ_SOURCE only where it belongs to a document of the folder."""
    from click.core import ParameterSource

    given = click.get_current_context().get_parameter_source("source")
    if source is None or given is not ParameterSource.ENVIRONMENT:
        return source
    from kg.documents.text import SourceText
    from kg.sources import names_text

    text, _ = SourceText.read(source)
    return source if text is not None and names_text(folder, text) else None


@click.command("check", epilog=EPILOG, short_help="Check sources; report every problem with file and line.")
@click.argument("paths", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option(
    "--source",
    type=click.Path(path_type=Path),
    envvar="KGQ_SOURCE",
    show_envvar=True,
    help="The document's text, to check every quote against.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(paths: tuple[Path, ...], source: Path | None, form: str) -> None:
    """Hold files and folders against what kgq expects: columns, names, quotes, shapes.

    A folder is checked the way `kgq build` reads it; a file of such a folder with its neighbours. RDF that uses
    none of kgq's terms is checked for syntax alone.
    """
    from kg.checking import UNREADABLE, check

    chosen = paths or (default_folder(),)
    problems = check(chosen, source=at_hand(source, chosen[0] if chosen[0].is_dir() else chosen[0].parent))
    errors = [problem for problem in problems if problem.severity == "error"]
    if form == "json":
        data = {"conforms": not errors, "problems": [problem.to_dict() for problem in problems]}
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            click.echo(str(problem))
        if not errors:
            click.echo("conforms" + (f" ({len(problems)} warnings)" if problems else ""))
    if errors:
        click.get_current_context().exit(4 if any(problem.rule in UNREADABLE for problem in errors) else 1)
