"""The one way in which Turtle and TriG files are written here, so that their diffs are about content.

Prefixes in alphabetical order and only those in use; subjects by IRI; one predicate a line, `a` first, then
the label, then the others by name; objects sorted; a blank line between subjects; nested blank nodes and
lists in place.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest

import pyoxigraph as ox

from diplograph.errors import KnowledgeError

INDENT = "    "
WIDTH = 100
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE, _FIRST, _REST, _NIL = (_RDF + name for name in ("type", "first", "rest", "nil"))
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_LOCAL = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?)?")
_BARE = {
    _XSD + "integer": re.compile(r"[+-]?\d+"),
    _XSD + "decimal": re.compile(r"[+-]?\d*\.\d+"),
    _XSD + "boolean": re.compile(r"true|false"),
}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LONG = re.compile(r'("""(?:\\.|[^\\])*?""")')
_NO_COMMENT = re.compile(
    r'"""(?:\\.|.)*?"""' r"|'''(?:\\.|.)*?'''" r'|"(?:\\.|[^"\\\n])*"' r"|'(?:\\.|[^'\\\n])*'" r"|<[^<>\s]*>",
    re.DOTALL,
)

Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Term = Subject | ox.Literal
Objects = dict[str, list[Term]]


@dataclass(frozen=True)
class _Graph:
    """The statements of one graph by subject, with what is needed to write blank nodes in place."""

    prefixes: Mapping[str, str]
    subjects: dict[Subject, Objects] = field(default_factory=dict)
    references: Counter[ox.BlankNode] = field(default_factory=Counter)


def format_turtle(text: str) -> str:
    """Return a Turtle document in canonical form.

    Raises `KnowledgeError` where the text is no Turtle, where a comment would be lost (only those at the top
    are kept), and where a blank node is referred to twice (it needs an IRI).
    """
    return _format(text, ox.RdfFormat.TURTLE)


def format_trig(text: str) -> str:
    """Return a TriG document in canonical form, its graphs sorted by name; errors as in `format_turtle`."""
    return _format(text, ox.RdfFormat.TRIG)


def write_turtle(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> str:
    """Return triples as canonical Turtle that declares those of `prefixes` (name to namespace) it uses."""
    return write_trig((ox.Quad(*triple) for triple in triples), prefixes)


def write_trig(quads: Iterable[ox.Quad], prefixes: Mapping[str, str]) -> str:
    """Return quads as canonical TriG (Turtle if all are in the default graph)."""
    graphs: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in dict.fromkeys(quads):
        graphs[_graph_name(quad)].append(quad)
    blocks = [_write_graph(name, graphs[name], prefixes) for name in sorted(graphs)]
    body = "\n".join(blocks)
    return f"{_header(body, prefixes)}\n{body}"


def _format(text: str, syntax: ox.RdfFormat) -> str:
    _refuse_lost_comments(text)
    try:
        parser = ox.parse(text, format=syntax)
        quads = list(parser)
    except SyntaxError as error:
        raise KnowledgeError(f"this is no {syntax.name}: {error}") from error
    return _leading_comment(text) + write_trig(quads, parser.prefixes)


def _leading_comment(text: str) -> str:
    match = re.match(r"(?:[ \t]*#[^\n]*\n|[ \t]*\n)+", text)
    comment = match[0].strip() if match else ""
    return f"{comment}\n\n" if comment else ""


def _refuse_lost_comments(text: str) -> None:
    top = re.match(r"(?:[ \t]*#[^\n]*\n|[ \t]*\n)*", text)
    start = top.end() if top else 0
    bare = _NO_COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text[start:])
    if (found := bare.find("#")) >= 0:
        line = text[: start + found].count("\n") + 1
        raise KnowledgeError(
            f"the comment on line {line} would be lost; put it at the top of the file or in rdfs:comment"
        )


def _graph_name(quad: ox.Quad) -> str:
    return "" if isinstance(quad.graph_name, ox.DefaultGraph) else quad.graph_name.value


def _header(body: str, prefixes: Mapping[str, str]) -> str:
    without_text = _NO_COMMENT.sub("", body)
    used = {match[1] for match in re.finditer(r"(?<![\w.-])([A-Za-z][\w-]*|):", without_text)}
    return "".join(f"@prefix {name}: <{prefixes[name]}> .\n" for name in sorted(prefixes) if name in used)


def _write_graph(name: str, quads: list[ox.Quad], prefixes: Mapping[str, str]) -> str:
    graph = _index(quads, prefixes)
    blocks = [_block(graph, subject) for subject in _top_subjects(graph)]
    if not name:
        return "\n".join(blocks)
    return f"{_iri(graph, name)} {{\n{_indented(chr(10).join(blocks))}}}\n"


def _indented(text: str) -> str:
    """Indent every line but those inside of a literal, which are its content."""
    pieces = _LONG.split(INDENT + text)
    outside = (re.sub(r"\n(?=[^\n])", "\n" + INDENT, piece) for piece in pieces[::2])
    return "".join(piece for pair in zip_longest(outside, pieces[1::2], fillvalue="") for piece in pair)


def _index(quads: list[ox.Quad], prefixes: Mapping[str, str]) -> _Graph:
    graph = _Graph(prefixes)
    for quad in quads:
        objects = graph.subjects.setdefault(quad.subject, {})
        objects.setdefault(quad.predicate.value, []).append(quad.object)
        if isinstance(quad.object, ox.BlankNode):
            graph.references[quad.object] += 1
    for node, count in graph.references.items():
        if count > 1:
            raise KnowledgeError(f"the blank node {node} is referred to {count} times; give it an IRI")
    return graph


def _top_subjects(graph: _Graph) -> list[Subject]:
    named = sorted(
        (node for node in graph.subjects if isinstance(node, ox.NamedNode)), key=lambda node: node.value
    )
    roots = [node for node in graph.subjects if isinstance(node, ox.BlankNode) and not graph.references[node]]
    return [*named, *sorted(roots, key=lambda node: _block(graph, node))]


def _block(graph: _Graph, subject: Subject) -> str:
    name = _iri(graph, subject.value) if isinstance(subject, ox.NamedNode) else "[]"
    lines = _predicate_lines(graph, graph.subjects[subject], INDENT)
    return f"{name} {(' ;' + chr(10) + INDENT).join(lines)} .\n"


def _predicate_lines(graph: _Graph, objects: Objects, indent: str) -> list[str]:
    def rank(predicate: str) -> tuple[int, str]:
        first = {_TYPE: 0, _LABEL: 1}.get(predicate, 2)
        return first, _iri(graph, predicate)

    lines = []
    for predicate in sorted(objects, key=rank):
        verb = "a" if predicate == _TYPE else _iri(graph, predicate)
        written = sorted(_term(graph, term, indent) for term in objects[predicate])
        lines.append(f"{verb} {', '.join(written)}")
    return lines


def _term(graph: _Graph, term: Term, indent: str) -> str:
    match term:
        case ox.NamedNode():
            return "()" if term.value == _NIL else _iri(graph, term.value)
        case ox.BlankNode():
            return _blank(graph, term, indent)
        case ox.Literal():
            return _literal(graph, term)
    raise KnowledgeError(f"{term} cannot be written in RDF 1.1")


def _blank(graph: _Graph, node: ox.BlankNode, indent: str) -> str:
    objects = graph.subjects.get(node, {})
    if _FIRST in objects:
        return f"( {' '.join(_members(graph, node, indent))} )"
    if not objects:
        return "[]"
    one_line = f"[ {' ; '.join(_predicate_lines(graph, objects, indent))} ]"
    if len(one_line) <= WIDTH and "\n" not in one_line:
        return one_line
    deeper = indent + INDENT
    lines = _predicate_lines(graph, objects, deeper)
    return f"[\n{deeper}{(' ;' + chr(10) + deeper).join(lines)}\n{indent}]"


def _members(graph: _Graph, node: ox.BlankNode, indent: str) -> list[str]:
    members: list[str] = []
    rest: Term = node
    while isinstance(rest, ox.BlankNode):
        cell = graph.subjects[rest]
        members.append(_term(graph, cell[_FIRST][0], indent))
        rest = cell[_REST][0]
    return members


def _literal(graph: _Graph, literal: ox.Literal) -> str:
    datatype = literal.datatype.value
    if datatype in _BARE and _BARE[datatype].fullmatch(literal.value):
        return literal.value
    quoted = _quoted(literal.value)
    if literal.language:
        return f"{quoted}@{literal.language}"
    return quoted if datatype == _XSD + "string" else f"{quoted}^^{_iri(graph, datatype)}"


def _quoted(value: str) -> str:
    if "\n" in value and "\r" not in value:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"""{escaped}"""'
    return '"' + "".join(_ESCAPES.get(character, character) for character in value) + '"'


def _iri(graph: _Graph, iri: str) -> str:
    fitting = [
        (len(namespace), f"{prefix}:{iri[len(namespace) :]}")
        for prefix, namespace in graph.prefixes.items()
        if iri.startswith(namespace) and _LOCAL.fullmatch(iri[len(namespace) :])
    ]
    return max(fitting)[1] if fitting else f"<{iri}>"
