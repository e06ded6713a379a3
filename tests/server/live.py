"""A server of its own process, as users start it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SERVE = """
import sys
from pathlib import Path
from diplograph.server import Settings, serve
serve(Path(sys.argv[1]), "127.0.0.1", int(sys.argv[2]), settings=Settings(**eval(sys.argv[3])))
"""


@dataclass(frozen=True)
class Live:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def get(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """Return status and body."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            named = {key.replace("_", "-"): value for key, value in headers.items()}
            connection.request(method, path, body, named)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def workers(self) -> list[int]:
        """Return the process ids of the query workers: children of the zygote."""
        return sorted(worker for zygote in children(self.process.pid) for worker in children(zygote))


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for path in listed for child in path.read_text().split()]


@contextmanager
def serving(directory: Path, **options: object) -> Iterator[Live]:
    """Serve `directory` from a process of its own, and see that it ends when asked to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(directory), str(port), repr(options)],
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONWARNINGS": "default"},
    )
    server = Live(process, port)
    try:
        _wait(server)
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
        sys.stderr.write(errors.decode())


def _wait(server: Live) -> None:
    for _ in range(200):
        try:
            status, body = server.get("/ready")
            if status == 200 and json.loads(body)["network"] != "unknown":
                return
        except OSError:
            pass
        if server.process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError("the server did not come up")
