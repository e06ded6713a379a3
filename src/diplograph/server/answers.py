"""What a query engine gives: the answer, whole or still coming; and what is under way."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from diplograph.server.evaluation import Job
from diplograph.server.pool import Worker


class Cut(Exception):  # noqa: N818
    """An answer that has begun to be sent cannot be finished."""


@dataclass
class Running:
    """A query under way, as its client and the operator see it."""

    id: str
    client: str
    text: str
    started: float
    timeout: float
    gone: Callable[[], bool]
    worker: Worker | None = None
    cancelled: bool = False

    def unwanted(self) -> bool:
        """Whether nobody waits for it: the operator has ended it, or the client has left."""
        return self.cancelled or self.gone()

    @property
    def deadline(self) -> float:
        """When it is given up."""
        return self.started + self.timeout


@dataclass(frozen=True)
class Answer:
    """The answer to a query: its format, the version it is true of, and the bytes, whole or still coming.

    `rows` counts solutions or triples where that costs nothing.
    """

    written: str
    tag: str
    whole: bytes | None
    coming: "Stream | None" = None
    rows: int | None = None


class Stream(Protocol):
    """The rest of an answer; closing it early ends the query, and it must be closed."""

    @property
    def rows(self) -> int | None:
        """How many solutions or triples there were, where known."""
        ...

    def __iter__(self) -> Iterator[bytes]:
        """Return the pieces; raises `Cut` when there will be no end."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


class QueryEngine(Protocol):
    """What answers queries, here or elsewhere."""

    def answer(
        self,
        job: Job,
        client: str = "",
        gone: Callable[[], bool] = ...,
        timeout: float | None = None,
    ) -> Answer:
        """Return the answer, as soon as it is whole or has begun."""
        ...

    def running(self) -> tuple[Running, ...]:
        """Return the queries under way."""
        ...

    def places(self) -> dict[str, int]:
        """Return how many places are free, and how many queries wait for one."""
        ...

    def network(self) -> str:
        """Return what network workers can reach."""
        ...

    def loading(self) -> bool:
        """Return whether the graph is still on its way into memory: queries are answered, but not as fast."""
        ...

    def cancel(self, query: str) -> bool:
        """End a query; return whether there was one of that id."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...
