"""What an operator may set."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Limits and permissions of a server; the defaults suit a laptop. Times in seconds, sizes in bytes."""

    base_url: str | None = None  # where the public sees this server
    timeout: float = 60.0
    max_request: int = 2_000_000
