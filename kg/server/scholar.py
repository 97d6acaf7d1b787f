"""Builds the vocabulary of a large graph once, beside what is served; every reader then opens the same file.

A reader has seconds for a question, and the vocabulary of a large graph takes longer to build. So a process of
its own, forked from the nursery and without a time limit, builds it into the cache, and says where in memory that
it shares with all readers.
"""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from typing import TYPE_CHECKING

from kg.server.confinement import die_with_parent
from kg.server.evaluation import RefusedError

if TYPE_CHECKING:
    import socket

    from kg.knowledge_graph import KnowledgeGraph
    from kg.vocabulary import Vocabulary

__all__ = ["Scholar"]

_SIZE = 4096
_BUSY, _DONE, _FAILED = 0, 1, 2


class Scholar:
    """What becomes of the vocabulary of one graph: being built, built, or not to be had from the cache."""

    def __init__(self) -> None:
        self._note = mmap.mmap(-1, _SIZE)
        self._for_now = False

    def start(self, graph: KnowledgeGraph, control: socket.socket) -> None:
        """Fork the process that builds; called once, before any reader is forked.

        Args:
            graph: the graph in memory.
            control: the nursery's socket, which the process must not keep open.
        """
        if os.fork():
            return
        try:
            control.close()
            die_with_parent()
            os.nice(10)
            self._build(graph)
        except BaseException as error:  # noqa: BLE001 - a forked child must never return into the parent's loop
            os.write(2, f"kgq: the vocabulary could not be kept: {error}\n".encode("utf-8", "replace"))
            self._note[0] = _FAILED
        finally:
            os._exit(0)

    def _build(self, graph: KnowledgeGraph) -> None:
        from kg.cache.graphs import kept_vocabulary

        place = kept_vocabulary(graph.dataset, graph.lang)
        written = b"" if place is None else os.fsencode(place)
        if not 0 < len(written) < _SIZE - 2:
            self._note[0] = _FAILED
            return
        self._note[2 : 2 + len(written)] = written
        self._note[0] = _DONE

    def lend(self, graph: KnowledgeGraph) -> bool:
        """Give a reader's graph its vocabulary; tell whether that is one for the time being.

        Until the one with all names is built, a large graph has one from a sample, which looks names up as they
        are written; a smaller one is built in seconds.

        Raises:
            RefusedError: 503, it is still being built.
        """
        if self._note[0] == _FAILED or ("vocabulary" in vars(graph) and not self._for_now):
            return self._for_now
        if self._note[0] == _BUSY:
            if not self._for_now:
                vars(graph)["vocabulary"] = _looking_up(graph)
                self._for_now = True
            return True
        from kg.cache.vocabulary import open_vocabulary

        place = os.fsdecode(bytes(self._note[2:]).rstrip(b"\0"))
        vars(graph)["vocabulary"] = open_vocabulary(Path(place))
        self._for_now = False
        return False


def _looking_up(graph: KnowledgeGraph) -> Vocabulary:
    from kg.cache.sampled import is_large
    from kg.vocabulary.probed import ProbedVocabulary
    from kg.vocabulary.sampling import sample_vocabulary

    ask = graph.dataset.stream
    if is_large(graph.dataset):
        return ProbedVocabulary(sample_vocabulary(ask, graph.lang), ask, graph.lang)
    raise RefusedError(
        503, "the vocabulary of this large graph is still being built. SPARQL works; ask again in a minute."
    )
