"""Ctrl-C while native code runs, where Python would hear of it only at the end."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["ends_at_once"]

_EVERY = 0.1


@contextmanager
def ends_at_once() -> Iterator[None]:
    """Let Ctrl-C end the process during the block; for work that leaves everything as it was when it is killed."""
    able = sys.platform != "win32" and hasattr(signal, "sigtimedwait")  # macOS has it not
    if not able or threading.current_thread() is not threading.main_thread():
        yield
        return
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            if sys.platform != "win32" and signal.sigtimedwait({signal.SIGINT}, _EVERY) is not None:
                os.write(2, b"\r\x1b[K" if os.isatty(2) else b"")
                os.write(2, b"kgq: interrupted.\n")
                os._exit(130)

    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
