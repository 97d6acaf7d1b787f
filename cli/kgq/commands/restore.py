"""``kgq restore``: a store from a backup."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from kgq.options import Session, examples, session_options

__all__ = ["restore"]


@click.command(epilog=examples("kgq restore my.tar.zst my-store", 'kgq -g my-store query "who bears capex risk"'))
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@session_options("text", "json")
def restore(session: Session, file: Path, folder: Path) -> int:
    """Make a store in FOLDER of the backup FILE, and compare every file with its SHA-256.

    FOLDER must be empty, or not there; the store appears in it whole or not at all.
    """
    from kg.store.backup import restore as read
    from kgq.progress import ProgressLine

    with closing(ProgressLine(session.quiet)) as progress:
        found = read(file, folder, report=progress)
    if session.format == "json":
        session.write_json({"store": str(folder), "files": found.files, "bytes": found.size, "quads": found.quads})
    else:
        count = "" if found.quads is None else f", {found.quads:,} statements"
        session.write(f"{folder}: {found.files} files, every hash as packed{count}\n")
    return 0
