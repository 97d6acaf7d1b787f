"""Packs a source distribution anew with one date and no owner: `python .ci/sdist_times.py FILE.tar.gz`.

setuptools packs files with the times they have on disk, so that two checkouts of one commit give other bytes. The
date is that of SOURCE_DATE_EPOCH.
"""

from __future__ import annotations

import gzip
import io
import os
import sys
import tarfile
from pathlib import Path


def packed_anew(data: bytes, epoch: int) -> bytes:
    """Return the same archive with its members in order, all of one date and nobody's."""
    out = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as before,
        gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=epoch) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as after,
    ):
        for member in sorted(before.getmembers(), key=lambda each: each.name):
            member.mtime, member.uid, member.gid, member.uname, member.gname = epoch, 0, 0, "", ""
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            member.pax_headers = {}
            after.addfile(member, before.extractfile(member) if member.isfile() else None)
    return out.getvalue()


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_bytes(packed_anew(path.read_bytes(), int(os.environ["SOURCE_DATE_EPOCH"])))
