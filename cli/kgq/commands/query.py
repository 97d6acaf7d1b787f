"""``kgq query``: a question in English, or a query in SPARQL."""

from __future__ import annotations

from pathlib import Path

import click

from kgq.asking import FORMATS, ask
from kgq.kinds import include_option
from kgq.options import Session, examples, session_options, time_limit_option
from kgq.session import typed_text

__all__ = ["query"]

_NOT_UNDERSTOOD = 3


@click.command(
    epilog=examples(
        'kgq query "who bears capex risk"',
        'kgq query --explain "does Oracle shift risk to lenders?"',
        'kgq query --include stated,inferred,background "who designs Trainium"',
        'kgq query --format json "what do merchants buy"',
        'kgq query "SELECT ?who { ?claim kgq:claimSubject ?who }" --format csv',
        "kgq query @question.rq",
        "kgq query --batch questions.txt > answers.jsonl",
    )
    + "\n\n\b\nExit codes: 0 answered, 1 not stated or no, 2 usage or SPARQL syntax,"
    "\n3 ambiguous or not understood, 4 cannot (data, engine, limit)."
)
@click.argument("text", nargs=-1, metavar="QUESTION | SPARQL | @FILE | -")
@click.option("--sparql", "language", flag_value="sparql", help="Take the text as SPARQL, whatever it looks like.")
@click.option("--english", "language", flag_value="english", help="Take the text as English.")
@include_option("Kinds of claims an answer may rest on")
@click.option(
    "--explain", is_flag=True, help="How each word was understood, the SPARQL, and the proof to the quotes."
)
@click.option(
    "--interactive", is_flag=True, help="Ask back, once, what is not understood, and remember the answer."
)
@click.option("--no-llm", is_flag=True, help="Do without the language model that KGQ_LLM_URL names.")
@click.option("--batch", metavar="FILE|-", help="A question a line; writes an answer object a line.")
@time_limit_option()
@click.option(
    "--row-limit",
    type=click.IntRange(min=1),
    envvar="KGQ_ROW_LIMIT",
    metavar="N",
    help="Of SPARQL results, rows at most.",
)
@click.option(
    "--union/--no-union",
    default=None,
    help="Of SPARQL, whether the default graph is the union of all graphs.  [default: as the data is]",
)
@session_options(*FORMATS, view=True, scenario=True)  # fmt: skip
def query(
    session: Session,
    *,
    text: tuple[str, ...],
    language: str | None,
    include: tuple[str, ...],
    explain: bool,
    interactive: bool,
    no_llm: bool,
    batch: str | None,
    time_limit: float,
    row_limit: int | None,
    union: bool | None,
) -> int:
    """Ask the graph a question in English, or query it in SPARQL.

    What parses as SPARQL is SPARQL. Its prefixes need no declaration, and it can neither change the graph nor
    read files nor open connections. @FILE takes the text from a file, - from standard input.
    """
    if interactive:
        _check_terminal(batch)
    if batch is not None:
        if text:
            raise click.UsageError("--batch takes its questions from a file. Leave out the question.")
        from kgq.batch import answer_batch

        return answer_batch(session, batch, include=include, llm=not no_llm, time_limit=time_limit)
    code = ask(
        session,
        typed_text(text, "nothing to ask. Give a question, SPARQL"),
        language=language,
        include=include,
        explain=explain,
        interactive=interactive,
        llm=not no_llm,
        time_limit=time_limit,
        row_limit=row_limit,
        union=union,
    )
    if code == _NOT_UNDERSTOOD and len(text) == 1 and Path(text[0]).is_file():
        session.say(f"there is a file {text[0]}: to ask what it holds, write @{text[0]}")
    return code


def _check_terminal(batch: str | None) -> None:
    from kgq.dialogue import can_ask_back

    if batch is not None or not can_ask_back():
        raise click.UsageError("--interactive asks back on a terminal, and there is none. Leave it out.")
