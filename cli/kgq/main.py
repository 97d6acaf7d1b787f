"""The entry point: what is asked most is answered on a short way, and every failure ends in one line.

A bare question, ``kgq query "…"``, needs no option parser; importing one takes as long as answering. Everything
else goes through :mod:`kgq.group`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

__all__ = ["main"]

_SETTINGS = frozenset(
    f"KGQ_{name}"
    for name in ("GRAPH", "FORMAT", "LANG", "INCLUDE", "TIME_LIMIT", "ROW_LIMIT", "QUIET", "VERBOSE", "NO_COLOR")
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    0 done or true, 1 a negative result, 2 usage or SPARQL syntax, 3 ambiguous or unknown, 4 cannot,
    130 interrupted.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if sys.stdout is None:  # closed by whoever started this
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - stays open
    fleeting = argv is None and is_bare_question(arguments)
    if fleeting:
        import gc

        gc.disable()  # in the tenth of a second that an answer takes, there is nothing worth collecting
    code = _run(arguments)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _close_stdout()
        code = 0
    evaluation = sys.modules.get("kg.evaluation")
    given_up = evaluation is not None and evaluation.is_running()
    if given_up or fleeting:
        # A query that was given up runs on in native code, and nothing else ends it. After a bare question there
        # is nothing to tidy up, and taking every object apart would cost a tenth of the time.
        sys.stderr.flush()
        os._exit(code)
    return code


def is_bare_question(arguments: Sequence[str]) -> bool:
    """Tell whether a command line is ``query`` and words alone, with no setting anywhere that could change it.

    >>> is_bare_question(["query", "--explain", "who bears capex risk"])
    False
    """
    if len(arguments) < 2 or arguments[0] != "query" or any(word[:1] in ("-", "@", "") for word in arguments):
        return False
    if any(name in _SETTINGS or name.startswith(("KGQ_QUERY_", "_KGQ_")) for name in os.environ):
        return False
    from kgq.settings import settings_files

    return not settings_files()


def _run(arguments: list[str]) -> int:
    try:
        if is_bare_question(arguments):
            from kgq.asking import ask
            from kgq.session import Session

            return ask(Session(), " ".join(arguments[1:]))
        from kgq.group import run_command

        return run_command(arguments)
    except KeyboardInterrupt:
        return _fail("interrupted.", 130)
    except BrokenPipeError:
        _close_stdout()
        return 0
    except Exception as error:  # noqa: BLE001 - Python's exit code for a crash is 1, here a negative answer
        code = _exit_code(error)
        if code is not None:
            return _fail(_message(error), code)
        if {"-v", "--verbose"} & set(arguments):
            import traceback

            traceback.print_exc()
        return _fail(f"unexpected {type(error).__name__}: {error}. Run again with -v to see where.", 4)


def _exit_code(error: Exception) -> int | None:
    """Return the exit code of an expected error, None if it is none."""
    from kg.errors import AmbiguousNameError, KgError, QueryError, UnknownEntityError
    from kgq.errors import UsageError

    if isinstance(error, (QueryError, UsageError)):
        return 2
    if isinstance(error, (UnknownEntityError, AmbiguousNameError)):
        return 3
    return 4 if isinstance(error, (KgError, OSError, MemoryError)) else None


def _message(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'standard output'}: {error.strerror}. Check the disk and the permissions."
    return str(error)


def _fail(message: str, code: int) -> int:
    try:
        sys.stderr.write(f"kgq: {message}\n")
        sys.stderr.flush()
    except (BrokenPipeError, ValueError):
        return code
    return code


def _close_stdout() -> None:
    """Point stdout nowhere, so that Python's own flush at exit finds no broken pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
