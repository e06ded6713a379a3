"""What an operator may set."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Limits and permissions of a server; the defaults suit a laptop. Times in seconds, sizes in bytes."""

    base_url: str | None = None  # where the public sees this server
    timeout: float = 60.0  # a query that takes longer is ended
    memory: int = 1 << 30  # a query that takes more is ended
    in_memory: int = (
        1_000_000  # statements up to which workers have the graph in memory: 0.4 to 1 kB for each
    )
    quick: int = 2  # queries at a time that have just begun
    spare: int = 2  # workers kept ready besides
    slow: int = 4  # queries at a time that take longer than `patience`
    patience: float = 0.1
    threads: int = 64  # requests at a time, of one process
    processes: int = 0  # of gunicorn; 0: one process without it
    waiting: int = 64  # queries that may wait for their turn; more are sent away
    per_client: int = 8  # slow queries, running or waiting, that one client may have
    max_request: int = 2_000_000  # a query or update
    max_upload: int = 200_000_000  # a document for the graph store
    cache: int = 64 << 20  # answers kept in memory
    writable: bool = False  # allow updates
    token: str | None = None  # what writing and the list of queries need; without it, a local client
    allow_service: tuple[str, ...] = ()  # endpoints that SERVICE may name
    trust_proxy: bool = False  # believe X-Forwarded-* headers
    slow_log: float = 1.0  # a query that takes longer is written to the log `diplograph.slow`
