"""What the operator sees: counters for Prometheus, and one JSON line a request."""

from __future__ import annotations

import json
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import IO, Any

from kg.errors import SourceError

__all__ = ["Log", "Metrics"]

_BOUNDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts and times of requests, in the text format of Prometheus.

    >>> metrics = Metrics()
    >>> metrics.count("query", 200, 0.002, 120)
    >>> 'kgq_requests_total{kind="query",status="200"} 1' in metrics.text({})
    True
    """

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, int]] = Counter()
        self._buckets = [0] * (len(_BOUNDS) + 1)
        self._seconds = 0.0
        self._bytes = 0

    def count(self, kind: str, status: int, seconds: float, size: int) -> None:
        """Count a request."""
        self._requests[kind, status] += 1
        self._buckets[bisect_left(_BOUNDS, seconds)] += 1
        self._seconds += seconds
        self._bytes += size

    def text(self, gauges: Mapping[str, tuple[str, str, float]]) -> str:
        """Return everything, with gauges: name -> (type, help, value)."""
        lines = [
            "# HELP kgq_requests_total Requests answered.",
            "# TYPE kgq_requests_total counter",
        ]
        for (kind, status), number in sorted(self._requests.items()):
            lines.append(f'kgq_requests_total{{kind="{kind}",status="{status}"}} {number}')
        lines += [
            "# HELP kgq_request_seconds Time from request to end of response.",
            "# TYPE kgq_request_seconds histogram",
        ]
        total = 0
        for bound, number in zip((*map(str, _BOUNDS), "+Inf"), self._buckets, strict=True):
            total += number
            lines.append(f'kgq_request_seconds_bucket{{le="{bound}"}} {total}')
        lines += [f"kgq_request_seconds_sum {self._seconds:.6f}", f"kgq_request_seconds_count {total}"]
        lines += [
            "# HELP kgq_response_bytes_total Bytes of response bodies.",
            "# TYPE kgq_response_bytes_total counter",
            f"kgq_response_bytes_total {self._bytes}",
        ]
        for name, (kind, said, value) in gauges.items():
            lines += [f"# HELP {name} {said}", f"# TYPE {name} {kind}", f"{name} {value:.15g}"]
        return "\n".join(lines) + "\n"


class Log:
    """A line of JSON a request; control characters are escaped by JSON, so a client cannot forge lines.

    Args:
        path: a file, ``-`` for stderr, or empty for no access log (slow queries still go to stderr).
        slow: seconds from which a query is logged with its text; 0 never.

    Raises:
        SourceError: the file cannot be written.
    """

    def __init__(self, path: str, slow: float) -> None:
        self.slow = slow
        self._path = path
        self._file: IO[str] | None = None
        self.reopen()

    def reopen(self) -> None:
        """Open the file by its name, after what turns logs over has moved the old one away.

        Raises:
            SourceError: it cannot be written; the file that was open stays.
        """
        if self._path in ("", "-"):
            self._file = sys.stderr if self._path else None
            return
        try:
            file = Path(self._path).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 - open as long as we run
        except OSError as error:
            said = f"the access log cannot be written: {error.strerror}. Check the path."
            raise SourceError(said, path=self._path) from error
        self.close()
        self._file = file

    @property
    def wanted(self) -> bool:
        """Whether anything is logged at all."""
        return self._file is not None or self.slow > 0

    def line(self, facts: Mapping[str, Any], seconds: float, text: str) -> None:
        """Log a request; a slow one with its text."""
        is_slow = 0 < self.slow <= seconds
        if self._file is None and not is_slow:
            return
        record = {
            "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            **facts,
            "ms": round(seconds * 1000, 3),
        }
        if is_slow:
            record["slow"] = text[:10_000]
        with suppress(OSError):  # a request is answered though the disk of the log is full
            (self._file or sys.stderr).write(json.dumps(record) + "\n")

    def close(self) -> None:
        """Close the file."""
        if self._file is not None and self._file is not sys.stderr:
            with suppress(OSError):
                self._file.close()
