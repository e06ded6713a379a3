"""Pages for people: things, pairs of states, documents, proofs, rules, a map; rendered here, enhanced in the browser."""

from diplograph.pages.reading import Reader
from diplograph.pages.routes import blueprint

__all__ = ["Reader", "blueprint"]
