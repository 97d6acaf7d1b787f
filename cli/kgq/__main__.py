"""``python -m kgq``."""

from __future__ import annotations

import sys

from kgq.main import main

sys.exit(main())
