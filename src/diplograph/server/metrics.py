"""Numbers for the operator, in the text format of Prometheus."""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping

_BOUNDS = (0.005, 0.02, 0.1, 0.5, 1.0, 5.0, 20.0, 60.0)  # seconds


class Metrics:
    """Counts of requests by kind and status, and of the time they took."""

    def __init__(self) -> None:
        """Start at zero."""
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._durations: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}
        self._bytes = 0
        self._cached = 0

    def count(self, kind: str, status: int, seconds: float, size: int, *, cached: bool) -> None:
        """Count a request that is over."""
        with self._lock:
            self._requests[kind, status] += 1
            self._durations.setdefault(kind, [0] * (len(_BOUNDS) + 1))[bisect_left(_BOUNDS, seconds)] += 1
            self._seconds[kind] = self._seconds.get(kind, 0.0) + seconds
            self._bytes += size
            self._cached += cached

    def text(self, gauges: Mapping[str, float]) -> str:
        """Return all of it, with `gauges` of the moment."""
        with self._lock:
            lines = [
                "# TYPE diplograph_requests_total counter",
                *(
                    f'diplograph_requests_total{{kind="{kind}",status="{status}"}} {number}'
                    for (kind, status), number in sorted(self._requests.items())
                ),
                "# TYPE diplograph_request_seconds histogram",
                *(line for kind in sorted(self._durations) for line in self._histogram(kind)),
                "# TYPE diplograph_sent_bytes_total counter",
                f"diplograph_sent_bytes_total {self._bytes}",
                "# TYPE diplograph_cached_answers_total counter",
                f"diplograph_cached_answers_total {self._cached}",
            ]
        for name, value in sorted(gauges.items()):
            lines += [f"# TYPE diplograph_{name} gauge", f"diplograph_{name} {value:g}"]
        return "\n".join(lines) + "\n"

    def _histogram(self, kind: str) -> list[str]:
        lines, total = [], 0
        for bound, number in zip((*_BOUNDS, "+Inf"), self._durations[kind], strict=True):
            total += number
            lines.append(f'diplograph_request_seconds_bucket{{kind="{kind}",le="{bound}"}} {total}')
        lines.append(f'diplograph_request_seconds_sum{{kind="{kind}"}} {self._seconds[kind]:.6f}')
        lines.append(f'diplograph_request_seconds_count{{kind="{kind}"}} {total}')
        return lines
