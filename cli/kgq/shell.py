"""The shell: the graph stays open, names complete, and a question may lean on the one before."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from kgq.output import note, width
from kgq.session import Session

if TYPE_CHECKING:
    import click

    from kg.conversation.conversation import Conversation, Turn
    from kg.knowledge_graph import KnowledgeGraph
    from kg.results import Answer

__all__ = ["Shell", "run_shell"]

_HELP = {
    ":help": "this list",
    ":explain": "how the last question was understood, its SPARQL, and the proof",
    ":sparql": "the SPARQL of the last answer",
    ":history": "what was asked so far",
    ":vocabulary": "what can be asked; with a word, what holds it",
    ":show": "everything about one thing: :show CoreWeave",
    ":include": "kinds of claims that count: :include stated,background",
    ":format": "how answers are printed: :format table, json, csv, tsv or md",
    ":save": "write the last answer to a file: :save answer.csv",
    ":quit": "leave; so does Ctrl-D",
}
_ALIASES = {
    ":h": ":help",
    ":?": ":help",
    ":q": ":quit",
    ":exit": ":quit",
    ":why": ":explain",
    ":vocab": ":vocabulary",
}
_FORMATS = ("table", "json", "csv", "tsv", "md")
_KINDS = ("stated", "inferred", "background")
_FOLLOW_UPS = '"and Oracle?"  "of those, which …"  "what do they own?"  "how many?"  "why?"'
_OPEN = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "PREFIX", "BASE")


class Shell:
    """One sitting with a graph.

    Args:
        session: where and how to write.
        graph: what is asked.
        include: the kinds of claims an answer may rest on.
        time_limit: seconds for a question.
        terminal: whether a person is typing; then the shell may ask back.
    """

    def __init__(
        self, session: Session, graph: KnowledgeGraph, *, include: Sequence[str], time_limit: float, terminal: bool
    ) -> None:
        self.session = session._replace(opened=graph)
        self.graph = graph
        self.include = tuple(include)
        self.time_limit = time_limit
        self.terminal = terminal
        self.talk: Conversation = graph.conversation(include=self.include)
        self.said: list[str] = []
        self._readings: Answer | None = None

    # ---- a line

    def take(self, line: str) -> bool:
        """Do what a line says; return False to leave."""
        text = line.strip()
        if not text or text.startswith("#"):
            return True
        self.said.append(text)
        if text in ("exit", "quit", "bye"):
            return False
        try:
            if text.startswith(":"):
                return self._command(text)
            self._say(text)
        except KeyboardInterrupt:
            sys.stderr.write("\n")
            note("interrupted.")
        except Exception as error:  # noqa: BLE001 - one bad line must not end the sitting
            note(_told(error))
        return True

    def _say(self, text: str) -> None:
        from kg.sparql_text import looks_like_sparql

        if self._readings is not None and text.isdecimal():
            self._choose(int(text))
        elif looks_like_sparql(text):
            from kgq.asking import ask

            ask(self.session, text, language="sparql", time_limit=self.time_limit)
        else:
            self._ask(text)

    def _ask(self, text: str) -> None:
        from kg.evaluation import run_bounded

        turn = run_bounded(lambda: self.talk.ask(text), time_limit=self.time_limit)
        if self.terminal and turn.answer.status in ("ambiguous", "not_understood"):
            turn = self._ask_back(turn)
        turn = self._assisted(turn)
        self._readings = turn.answer if turn.answer.status == "ambiguous" else None
        self._show(turn)

    def _ask_back(self, turn: Turn) -> Turn:
        from kgq.dialogue import settle

        answer = settle(self.session, self.graph, turn.answer, self.graph.asker(include=self.include))
        if answer is turn.answer:
            return turn
        self.talk.settle(answer, self.graph.vocabulary)
        return turn._replace(answer=answer)

    def _assisted(self, turn: Turn) -> Turn:
        from kgq.assistance import assisted

        answer = assisted(self.session, self.graph, turn.answer, self.include)
        if answer is not turn.answer:
            self.talk.settle(answer, self.graph.vocabulary)
        return turn._replace(answer=answer)

    def _choose(self, number: int) -> None:
        answer = self._readings
        if answer is None or not 1 <= number <= len(answer.readings):
            note(f"there is no reading {number}.")
            return
        chosen = self.graph.choose(answer, number - 1)
        self._readings = None
        self.talk.settle(chosen, self.graph.vocabulary)
        self._show(self.talk.turns[-1]._replace(kind="question"))

    # ---- showing

    def _show(self, turn: Turn) -> None:
        if turn.kind == "follow-up" and self.session.format == "table" and turn.answer.status != "not_understood":
            self.session.write(self.session.style.dim(f"→ {turn.question}") + "\n")
        if turn.kind == "why":
            self._explain(turn.answer, grounds_only=True)
        else:
            self._write(turn.answer)

    def _write(self, answer: Answer) -> None:
        from kgq.asking import write_answer

        write_answer(self.session, answer, explain=False)

    def _explain(self, answer: Answer, *, grounds_only: bool = False) -> None:
        from kgq.answers import explanation_text

        told = answer._replace(paraphrase=None, explanation=(), sparql=None) if grounds_only else answer
        text = explanation_text(told, self.session.style, width())
        self.session.write(text or "There is nothing to explain: no answer, and nothing near it.\n")

    # ---- commands

    def _command(self, text: str) -> bool:
        name, _, rest = text.partition(" ")
        name = _ALIASES.get(name.lower(), name.lower())
        if name == ":quit":
            return False
        actions: dict[str, Callable[[str], None]] = {
            ":help": self._help,
            ":explain": self._explain_last,
            ":sparql": self._sparql_last,
            ":history": self._history,
            ":vocabulary": self._vocabulary,
            ":show": self._show_thing,
            ":include": self._set_include,
            ":format": self._set_format,
            ":save": self._save,
        }
        if name not in actions:
            near = get_close_matches(name, _HELP, n=1)
            note(f"no command '{name}'. " + (f"Did you mean {near[0]}?" if near else ":help lists them."))
            return True
        actions[name](rest.strip())
        return True

    def _help(self, _: str) -> None:
        lines = ["Ask in English or SPARQL. A question may lean on the last answer:", f"  {_FOLLOW_UPS}", ""]
        lines += [f"  {name.ljust(12)} {text}" for name, text in _HELP.items()]
        self.session.write("\n".join(lines) + "\n")

    def _last(self) -> Answer | None:
        if not self.talk.turns:
            note("nothing was asked yet.")
            return None
        return self.talk.turns[-1].answer

    def _explain_last(self, _: str) -> None:
        answer = self._last()
        if answer is not None:
            self._explain(answer)

    def _sparql_last(self, _: str) -> None:
        answer = self._last()
        if answer is not None and answer.sparql:
            self.session.write(answer.sparql.rstrip() + "\n")
        elif answer is not None:
            note("the last question has no SPARQL.")

    def _history(self, _: str) -> None:
        self.session.write("".join(f"{n:4}  {text}\n" for n, text in enumerate(self.said[:-1], 1)))

    def _vocabulary(self, word: str) -> None:
        from kgq.commands.vocabulary import vocabulary

        _run(vocabulary, self.session._replace(format="text"), word=tuple(word.split()), check=False)

    def _show_thing(self, name: str) -> None:
        from kgq.commands.show import show

        if name:
            _run(show, self.session._replace(format="text"), entity=(name,))
        else:
            note("name a thing: :show CoreWeave")

    def _set_include(self, text: str) -> None:
        kinds = tuple(part.strip().lower() for part in text.split(",") if part.strip())
        if not kinds or any(kind not in _KINDS for kind in kinds):
            note(f"the kinds are {', '.join(_KINDS)}; now {','.join(self.include)}.")
            return
        self.include = kinds
        turns = self.talk.turns
        self.talk = self.graph.conversation(include=kinds)
        self.talk.turns.extend(turns)

    def _set_format(self, text: str) -> None:
        if text.lower() not in _FORMATS:
            note(f"the formats are {', '.join(_FORMATS)}; now {self.session.format}.")
            return
        self.session = self.session._replace(format=text.lower())

    def _save(self, name: str) -> None:
        answer = self._last()
        if answer is None:
            return
        if not name:
            note("name a file: :save answer.csv")
            return
        path = Path(name).expanduser()
        form = path.suffix.lower().lstrip(".")
        to_file = self.session._replace(output=path, format=form if form in _FORMATS else "json")
        from kgq.asking import write_answer

        write_answer(to_file, answer, explain=False)
        note(f"wrote {path}.")


def _run(command: click.Command, session: Session, **arguments: object) -> None:
    """Run a command of kgq without a command line."""
    function = inspect.unwrap(command.callback) if command.callback is not None else None
    if function is not None:
        function(session, **arguments)


def _told(error: Exception) -> str:
    from kg.errors import KgError
    from kgq.errors import UsageError

    if isinstance(error, (KgError, UsageError, OSError)):
        return str(error)
    return f"unexpected {type(error).__name__}: {error}."


# ---- reading lines


def run_shell(shell: Shell, greeting: str) -> int:
    """Read lines until the end of the input, and do what they say."""
    if not shell.terminal:
        for line in sys.stdin:
            if not shell.take(line):
                break
        return 0
    from kgq.line_editing import edited_lines

    sys.stdout.write(greeting)
    with edited_lines(shell.graph, list(_HELP)) as read:
        while True:
            try:
                text = _statement(read)
            except KeyboardInterrupt:
                sys.stdout.write("\n")
                continue
            except EOFError:
                sys.stdout.write("\n")
                return 0
            if not shell.take(text):
                return 0


def _statement(read: Callable[[str], str]) -> str:
    """Read a line, and more lines while the braces of a SPARQL query are open."""
    text = read("kgq> ")
    while text.lstrip().upper().startswith(_OPEN) and text.count("{") != text.count("}"):
        more = read("...> ")
        if not more.strip():
            break
        text += "\n" + more
    return text
