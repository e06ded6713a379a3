"""What must hold of a file as a whole, checked row by row while it streams."""

from dataclasses import dataclass, field
from datetime import date

from diplograph import edtf
from diplograph.importing.rows import Row, StateRecord, Term


@dataclass(frozen=True)
class Violation:
    """A rule that a row breaks, in words."""

    rule: str
    detail: str


@dataclass
class Whole:
    """What has been seen of a file so far; only keys and dates are kept."""

    ids: dict[str, int] = field(default_factory=dict)
    successors: dict[str, set[str]] = field(default_factory=dict)
    terms: dict[tuple[str, ...], list[tuple[date, date, int]]] = field(default_factory=dict)

    def add(self, row: Row) -> Violation | None:
        """Take in the next row, and return the rule that it breaks together with earlier ones."""
        found = self._repeated(row)
        if found is None and isinstance(row.fact, StateRecord):
            found = self._cycle(row.fact)
        if found is None and isinstance(row.fact, Term):
            found = self._overlap(row.fact, row.number)
        return found

    def _repeated(self, row: Row) -> Violation | None:
        if row.id is None or not row.unique:
            return None
        earlier = self.ids.setdefault(row.id, row.number)
        if earlier == row.number:
            return None
        return Violation("ids must differ", f"{row.id} is also the id of row {earlier}")

    def _cycle(self, fact: StateRecord) -> Violation | None:
        item = fact.ref.item or str(fact.ref)
        self.successors.setdefault(item, set()).update(fact.replaced_by)
        path = self._path(item)
        if path is None:
            return None
        return Violation("no state may come after itself", " is replaced by ".join(path))

    def _path(self, start: str) -> list[str] | None:
        """Return the way from a state through its successors back to itself, if there is one."""
        stack = [[start]]
        seen: set[str] = set()
        while stack:
            path = stack.pop()
            for after in sorted(self.successors.get(path[-1], ())):
                if after == start:
                    return [*path, after]
                if after not in seen:
                    seen.add(after)
                    stack.append([*path, after])
        return None

    def _overlap(self, fact: Term, number: int) -> Violation | None:
        """Compare terms that cannot be held at one time; those of a day in common only follow each other."""
        who = fact.person.item or fact.person.code or fact.person.name or ""
        state = str(fact.state.code or fact.state.item or fact.state.name) if fact.state else ""
        office = fact.office.item or fact.office.name or ""
        group = (state, office) if fact.single else (state, office, who)
        start, end = edtf.extent(fact.time).latest_start, edtf.extent(fact.time).earliest_end
        if "/" not in fact.time or fact.time.startswith("/") or fact.time.endswith("/"):
            return None
        if start is None or end is None:
            return None
        for other_start, other_end, other in self.terms.setdefault(group, []):
            if start < other_end and other_start < end:
                detail = f"{fact.person} as {fact.office} ({fact.time}) overlaps with the term of row {other}"
                return Violation("terms must not overlap", detail)
        self.terms[group].append((start, end, number))
        return None
