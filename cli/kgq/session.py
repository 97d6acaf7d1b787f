"""What the options common to all commands come to: which graph, which form, where to write, how much to say."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kgq.errors import UsageError
from kgq.output import Style, note, wants_color, write_file, write_stdout

if TYPE_CHECKING:
    from kg.knowledge_graph import KnowledgeGraph
    from kg.opening import Source
    from kgq.viewing import View

__all__ = ["Session", "read_text", "typed_text"]


class Session(NamedTuple):
    """What the options common to all commands say.

    Attributes:
        graphs: sources to open; none for the graph that ships with kgq.
        format: what to print.
        output: the file to write to; None for standard output.
        quiet: say nothing but errors.
        verbose: say what is done.
        no_color: no marks, even on a terminal.
        lang: the language of labels.
        refresh: do not use what was kept of an endpoint.
        lexicon: the file of the user's own words, ``off`` for none; None for the usual place.
        view: some documents or voices only, or a scenario; None for the graph as it is.
        started: when the command began, by ``time.perf_counter``.
        opened: the graph, where it is open already.
    """

    graphs: tuple[str, ...] = ()
    format: str = "table"
    output: Path | None = None
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False
    lang: str = "en"
    lexicon: str | None = None
    refresh: bool = False
    view: View | None = None
    started: float = 0.0
    opened: KnowledgeGraph | None = None

    @property
    def style(self) -> Style:
        """Marks for a terminal; none where the text goes elsewhere."""
        return Style(self.output is None and wants_color(self.no_color))

    def open(self) -> KnowledgeGraph:
        """Open the graph that was asked for."""
        if self.opened is not None:
            return self.opened
        from kg.knowledge_graph import open_graph

        words = self.lexicon_file()
        known = words if words is not None and words.is_file() else None
        graph = open_graph(self._sources(), lang=self.lang, lexicon=known)
        if self.graphs and graph.dataset.is_remote:  # of the built-in graph, a question needs only a part
            from kgq.remote import watched

            watched(self, graph)
        if self.verbose:
            what = ", ".join(self.graphs) or "the built-in graph"
            self.say(f"opened {what} in {(time.perf_counter() - self.started) * 1000:.0f} ms.")
        return self.view.of(graph) if self.view else graph

    def _sources(self) -> Source:
        if not any("://" in name for name in self.graphs):
            return list(self.graphs) if self.graphs else None
        from kgq.remote import endpoint_of

        return endpoint_of(self.graphs, refresh=self.refresh) or list(self.graphs)

    def lexicon_file(self) -> Path | None:
        """Return where the user's own words are kept, None for nowhere."""
        from kgq.lexicon_place import lexicon_place

        return lexicon_place(self.lexicon)

    def write(self, data: str | bytes) -> None:
        """Write the result: to the file asked for, as a whole, or to standard output."""
        if self.output is None:
            write_stdout(data)
        else:
            write_file(self.output, data)
            if self.verbose:
                self.say(f"wrote {self.output}.")

    def write_json(self, data: Any) -> None:
        """Write data as JSON, indented for people."""
        import json

        self.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")

    def say(self, message: str) -> None:
        """Write a message to standard error, unless told to be quiet."""
        if not self.quiet:
            note(message)


def read_text(source: str) -> str:
    """Return the text of a file, or of standard input for ``-``.

    Raises:
        kg.errors.SourceError: it cannot be read, or is not UTF-8.
    """
    from kg.errors import SourceError

    name = "standard input" if source == "-" else source
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}. Check the path.", path=name) from error
    except UnicodeDecodeError as error:
        raise SourceError(f"not UTF-8 at byte {error.start}. Save it as UTF-8.", path=name) from error


def typed_text(words: Sequence[str], missing: str) -> str:
    """Return what was typed, or what is in the file or the standard input that it names: ``@FILE``, ``-``.

    Args:
        words: the arguments.
        missing: what is said where there is nothing.

    Raises:
        UsageError: it is empty.
        kg.errors.SourceError: the file cannot be read.
    """
    text = " ".join(words)
    if text == "-" or (len(words) == 1 and text.startswith("@")):
        text = read_text("-" if text == "-" else text[1:])
    if not text.strip():
        raise UsageError(f"{missing}, @FILE or -.")
    return text
