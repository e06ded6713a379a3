# ruff: noqa: S608 - every name and number that is put into SQL here is made here
"""Identity: which names stand for one thing, and what is said under one name said under the others too."""

from dataclasses import dataclass, field

from diplograph.inference.classes import SAME
from diplograph.inference.families import Key
from diplograph.inference.tables import Tables, columns_of

RELATION: Key = (SAME.value, "")


@dataclass
class Equality:
    """The classes of names, by their representatives; nothing is copied while every name is alone."""

    tables: Tables
    parents: dict[int, int] = field(default_factory=dict)
    active: bool = False

    def grow(self) -> bool:
        """Join the names that were found to be one; tell whether any class has grown."""
        same = self.tables.catalog.relations.get(RELATION)
        if same is None:
            return False
        pairs = self.tables.connection.execute(f"SELECT s, o FROM {same.table} WHERE s <> o").fetchall()
        grown = [self._join(one, other) for one, other in pairs]
        if not any(grown):
            return False
        self.active = True
        self._write()
        for relation in list(self.tables.catalog.relations):
            self.spread(relation)
        return True

    def representative(self, name: int) -> int:
        """Return the least name of the class of `name`."""
        while self.parents.get(name, name) != name:
            name = self.parents[name]
        return name

    def _join(self, one: int, other: int) -> bool:
        least, greatest = sorted((self.representative(one), self.representative(other)))
        self.parents.setdefault(least, least)
        self.parents[greatest] = least
        return least != greatest

    def _write(self) -> None:
        rows = [(name, self.representative(name)) for name in self.parents]
        self.tables.connection.execute("CREATE OR REPLACE TABLE representative (name UBIGINT, least UBIGINT)")
        self.tables.connection.executemany("INSERT INTO representative VALUES (?, ?)", rows)
        self.tables.run(
            "CREATE OR REPLACE TABLE synonym AS SELECT a.name, b.name AS other FROM representative a "
            "JOIN representative b USING (least)"
        )
        self._spell_out()

    def _spell_out(self) -> None:
        rows = "SELECT name AS s, other AS o FROM synonym WHERE name <> other"
        self.tables.add(RELATION, rows, ("iri", "iri"))

    def spread(self, relation: Key) -> int:
        """Copy the rows of a relation to the other names of what they are about; return how many are new."""
        known = self.tables.catalog.relations.get(relation)
        if not self.active or known is None or relation == RELATION:
            return 0
        columns, joins = "coalesce(a.other, r.s) AS s", "LEFT JOIN synonym a ON r.s = a.name"
        if columns_of(relation) != "s":
            columns += ", coalesce(b.other, r.o) AS o"
            joins += " LEFT JOIN synonym b ON r.o = b.name"
        rows = f"SELECT {columns} FROM {known.table} r {joins}"
        touched = f"{rows} WHERE a.name IS NOT NULL" + (" OR b.name IS NOT NULL" if "b.other" in rows else "")
        return self.tables.add(relation, touched, ("iri", known.object))
