"""Prints the commands of the README's opening, one a line, so that CI runs what a newcomer reads.

The opening ends at the first second-level heading; a command is a line of its ``sh`` blocks.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path


def commands(readme: str) -> list[str]:
    """Return the command lines of the README's opening, continuation lines joined."""
    opening = re.split(r"^## ", readme, maxsplit=1, flags=re.MULTILINE)[0]
    blocks = re.findall(r"^```sh\n(.*?)^```", opening, flags=re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


if __name__ == "__main__":
    print("\n".join(commands(Path(sys.argv[1]).read_text(encoding="utf-8"))))
