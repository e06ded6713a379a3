"""What can go wrong, as a tree.

* DiplographError
  + InputError          the user's file, argument or query is at fault (exit code 2)
    - DocumentError     a text cannot be read
    - QueryError        a SPARQL query cannot be parsed or run
  + KnowledgeError      a file of ontology/ or data/ is at fault: frame, rule, Turtle, alias
  + StoreError          a store directory is missing, locked or damaged
"""


class DiplographError(Exception):
    """Base of every error that diplograph raises on purpose; its text is meant for the user."""


class InputError(DiplographError):
    """Something the user gave is at fault."""


class DocumentError(InputError):
    """A text cannot be read."""


class QueryError(InputError):
    """A query cannot be parsed or run."""


class KnowledgeError(DiplographError):
    """A file of the ontology or of the reference data is at fault."""


class StoreError(DiplographError):
    """A store directory is missing, locked or damaged."""
