"""Where the declarative knowledge lies: in the checkout, or inside the installed package."""

from pathlib import Path

from diplograph.errors import KnowledgeError

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent


def ontology_dir() -> Path:
    """Return the folder of the ontology (`*.ttl`, `frames/`, `rules/`, `queries/`, `checks/`)."""
    return _find("ontology", "core.ttl")


def data_dir() -> Path:
    """Return the folder of the reference data (`*.ttl`, `texts/`)."""
    return _find("data", "states.ttl")


def files(folder: Path, pattern: str) -> tuple[Path, ...]:
    """Return the files of `folder` that match `pattern`, sorted; finding none is an error."""
    found = tuple(sorted(folder.glob(pattern)))
    if not found:
        raise KnowledgeError(f"no file {pattern} in {folder}; the installation is incomplete")
    return found


def _find(name: str, witness: str) -> Path:
    for root in (_PACKAGE, _CHECKOUT):
        if (root / name / witness).is_file():
            return root / name
    raise KnowledgeError(
        f"the folder {name!r} with {witness} was found neither in {_PACKAGE} nor in {_CHECKOUT}"
    )
