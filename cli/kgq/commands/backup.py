"""``kgq backup``: the store in one file."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from kgq.options import Session, examples, session_options
from kgq.stores import the_store

__all__ = ["backup"]


@click.command(epilog=examples("kgq backup my.tar.zst", "kgq -g my-store backup /media/disk/my.tar.zst"))
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@session_options("text", "json")
def backup(session: Session, file: Path, *, force: bool) -> int:
    """Write the store to FILE (a tar under zstd), every file in it with its SHA-256.

    Others may read and write meanwhile: what is written is the state at the beginning. FILE appears whole or not
    at all. Earlier states, which undo would go back to, are not in it; the log is.
    """
    from kg.errors import SourceError
    from kg.store.backup import backup as write
    from kgq.progress import ProgressLine, size_text

    if file.exists() and not force:
        raise SourceError("is there already, and a backup is not overwritten. Name another file, or say --force.",
                          path=str(file))  # fmt: skip
    store = the_store(session)
    with closing(ProgressLine(session.quiet)) as progress:
        found = write(store.folder, file, report=progress)
    packed = file.stat().st_size
    if session.format == "json":
        session.write_json(
            {
                "file": str(file),
                "bytes": packed,
                "files": found.files,
                "unpacked": found.size,
                "quads": found.quads,
            }
        )
    else:
        session.write(f"{file}: {size_text(packed)} ({found.files} files, {size_text(found.size)} unpacked)\n")
    return 0
