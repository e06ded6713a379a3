"""Rule files: one SPARQL CONSTRUCT a file, with a header that says what the rule means and who says so.

#+ id: R08
#+ label: Defense partner of
#+ version: 1
#+ definition: ...
#+ source: ...
#+ parameter: window 5 years within which two kinds of cooperation count together
#+ part_of: defense-partner

A rule that is part of another takes its parameters under the name of the whole as well:
defense-partner.window sets the window of defense-confirmation.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from pyoxigraph import Literal, NamedNode
from pyparsing import ParseBaseException

from diplograph.errors import KnowledgeError
from diplograph.inference.algebra import UnsupportedError, read_construct
from diplograph.inference.rule import Group, Parameter, Pattern, Rule
from diplograph.inference.variants import expand
from diplograph.knowledge import files, ontology_dir

_FIELD = re.compile(r"#\+ (\w+): (.*)")
_REQUIRED = ("id", "label", "version", "definition", "source")
_INTEGER = NamedNode("http://www.w3.org/2001/XMLSchema#integer")
_NUMBER = re.compile(r"-?\d+")


def rule_paths() -> tuple[Path, ...]:
    """Return the rule files that come with the ontology, sorted."""
    return files(ontology_dir() / "rules", "*.rq")


def load_rules(
    paths: Iterable[Path] | None = None, *, overrides: Mapping[str, str] | None = None
) -> tuple[Rule, ...]:
    """Return the rules of `paths` (default: those of the ontology), sorted by slug.

    `overrides` gives parameters other values: `{"defense-partner.window": "3"}`.
    Raises `KnowledgeError` naming file, line and reason for a rule outside the language, for two rules with
    one id, and for an override of a parameter that no rule has.
    """
    rules = [_load(path) for path in sorted(paths if paths is not None else rule_paths())]
    _refuse_twins(rules)
    return tuple(sorted(with_parameters(rules, overrides or {}), key=lambda rule: rule.slug))


def with_parameters(rules: Iterable[Rule], overrides: Mapping[str, str]) -> tuple[Rule, ...]:
    """Return `rules` with the parameters of `overrides` set, as `load_rules` would.

    What is set for a part by its own name stands, whatever is set for the whole.
    """
    listed = tuple(rules)
    _refuse_unknown(overrides, listed)
    return tuple(_override(rule, overrides) for rule in listed)


def _names(rule: Rule, parameter: Parameter) -> tuple[str, ...]:
    """Return the names under which a parameter is set, the one that counts most first."""
    return tuple(f"{slug}.{parameter.name}" for slug in (rule.slug, rule.part_of) if slug)


def _override(rule: Rule, given: Mapping[str, str]) -> Rule:
    text = rule.text
    for parameter in rule.parameters:
        value = next((given[name] for name in _names(rule, parameter) if name in given), None)
        if value is not None and re.fullmatch(r"-\d+", value.strip()):
            raise KnowledgeError(f"{rule.slug}.{parameter.name} = {value}: less than nothing")
        text = text if value is None else _set(text, parameter.name, value)
    return rule if text is rule.text else parse_rule(text, slug=rule.slug, path=rule.path)


def _refuse_unknown(given: Mapping[str, str], rules: Iterable[Rule]) -> None:
    known = {name for rule in rules for parameter in rule.parameters for name in _names(rule, parameter)}
    if set(given) - known:
        wrong, listed = min(set(given) - known), ", ".join(sorted(known)) or "none"
        raise KnowledgeError(f"no rule has the parameter {wrong!r}; there are: {listed}")


def parse_rule(text: str, *, slug: str, path: str = "<text>") -> Rule:
    """Return the rule that `text` spells; `path` is what errors call it."""
    header = _header(text, path)
    try:
        head, body = _read(text, path)
        variants = expand(head, body)
    except UnsupportedError as error:
        raise KnowledgeError(f"{path}:{_line(text, error.token)}: {error}") from error
    return Rule(
        id=header["id"], slug=slug, label=header["label"], version=header["version"],
        definition=header["definition"], source=header["source"], head=head, body=body, text=text,
        path=path, parameters=_parameters(text, path), variants=variants, reads=header.get("reads", ""),
        part_of=header.get("part_of", ""),
    )  # fmt: skip


def _read(text: str, path: str) -> tuple[tuple[Pattern, ...], Group]:
    try:
        return read_construct(text)
    except UnsupportedError:
        raise
    except ParseBaseException as error:
        raise KnowledgeError(f"{path}:{error.lineno}: no valid SPARQL CONSTRUCT: {error.msg}") from error
    except RecursionError as error:
        raise KnowledgeError(f"{path}:1: the rule is nested too deeply to be read") from error
    except Exception as error:  # rdflib raises bare exceptions for unknown prefixes and misplaced variables
        raise KnowledgeError(f"{path}:1: the rule cannot be read as SPARQL: {error}") from error


def _load(path: Path) -> Rule:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"{path}: the rule file cannot be read: {error}") from error
    return parse_rule(text, slug=path.stem, path=str(path))


def _refuse_twins(rules: Iterable[Rule]) -> None:
    seen: dict[str, str] = {}
    for rule in rules:
        if rule.id in seen:
            raise KnowledgeError(
                f"{rule.path}: the id {rule.id} is already that of {seen[rule.id]}; give it its own"
            )
        seen[rule.id] = rule.path


def _header(text: str, path: str) -> dict[str, str]:
    header = {name: value.strip() for name, value in _FIELD.findall(text)}
    missing = [name for name in _REQUIRED if not header.get(name)]
    if missing:
        raise KnowledgeError(
            f"{path}:1: the header lacks {', '.join(missing)}; begin lines like '#+ id: R08'"
        )
    return header


def _parameters(text: str, path: str) -> tuple[Parameter, ...]:
    lines = [value.split(None, 2) for name, value in _FIELD.findall(text) if name == "parameter"]
    if any(len(parts) < 3 for parts in lines):
        raise KnowledgeError(f"{path}:1: a parameter is written '#+ parameter: NAME NUMBER what it means'")
    return tuple(Parameter(name, _value(text, name, path), meaning) for name, _, meaning in lines)


def _slot(name: str) -> re.Pattern[str]:
    return re.compile(rf"(VALUES\s+\?{re.escape(name)}\s*\{{\s*)([^\s}}]+)(\s*\}})")


def _value(text: str, name: str, path: str) -> Literal:
    found = _slot(name).search(text)
    if not found:
        raise KnowledgeError(
            f"{path}:1: the parameter {name} is nowhere used; expected VALUES ?{name} {{ number }}"
        )
    return Literal(found.group(2), datatype=_INTEGER)


def _set(text: str, name: str, value: str) -> str:
    if not _NUMBER.fullmatch(value):
        raise KnowledgeError(f"the parameter {name} is a whole number, not {value!r}")
    return _slot(name).sub(rf"\g<1>{value}\g<3>", text)


def _line(text: str, token: str) -> int:
    """Return the first line of the query that mentions `token`; the algebra does not keep positions."""
    word = re.compile(rf"(?<!\w){re.escape(token)}(?!\w)", re.IGNORECASE)
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.lstrip().startswith("#") and word.search(line):
            return number
    return 1
