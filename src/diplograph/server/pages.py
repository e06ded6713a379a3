"""Pages for people, and the same things as RDF: the front page, and one page for every IRI of the graph."""

from collections.abc import Callable
from http import HTTPStatus
from itertools import groupby

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from pyoxigraph import Literal, NamedNode

from diplograph import documentation
from diplograph.server.description import dataset_card
from diplograph.server.entities import Description, Statement, describe, description_job, graph_job
from diplograph.server.evaluation import Term
from diplograph.server.formats import GRAPHS, HTML, Format, negotiate, not_acceptable, of_name
from diplograph.server.graphs import Graph
from diplograph.server.library import Example, by_keyword
from diplograph.server.links import FAMILIES, href, iri, kind_of, short
from diplograph.server.problems import Problem
from diplograph.server.search import Hit
from diplograph.server.statistics import Statistics
from diplograph.vocabulary import BASE, prefix_header

ONTOLOGY_GRAPH = BASE + "graph/ontology"
_SHOWN = 25  # values of a property that a page lists
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


def blueprint(graph: Graph, examples: tuple[Example, ...], counts: Callable[[], Statistics]) -> Blueprint:
    """Return the routes of the front page and of everything that has an IRI of ours."""
    routes = Blueprint("pages", __name__, static_folder="static", static_url_path="/static")

    @routes.get("/")
    def front() -> Response:
        return _front(counts(), examples)

    @routes.get("/search")
    def search() -> Response:
        return _search(graph)

    @routes.get("/ontology")
    def ontology() -> Response:
        return _thing(graph, "/ontology")

    @routes.get("/ontology.<suffix>")
    def ontology_as(suffix: str) -> Response:
        return _thing(graph, f"/ontology.{suffix}")

    @routes.get("/ontology/<version>")
    def ontology_version(version: str) -> Response:
        if version != documentation.version():
            raise Problem(404, f"the ontology served here is version {documentation.version()}")
        return make_response(redirect(url_for("pages.ontology"), HTTPStatus.SEE_OTHER))

    @routes.get(f"/<any({', '.join(FAMILIES)}):family>/<path:rest>")
    def thing(family: str, rest: str) -> Response:
        return _thing(graph, f"/{family}/{rest}")

    @routes.get("/kind/")
    def kinds() -> Response:
        return _thing(graph, "/kind/")

    @routes.app_template_filter("href")
    def _href(iri_text: str) -> str | None:
        return href(iri_text, request.root_path)

    routes.app_template_filter("short")(short)
    routes.app_template_filter("kind_of")(kind_of)
    return routes


def _front(counts: Statistics, examples: tuple[Example, ...]) -> Response:
    groups = by_keyword(examples)
    root = request.url_root.rstrip("/")
    page = render_template(
        "front.html", counts=counts, groups=groups, query=prefix_header(), dataset=dataset_card(root)
    )
    return make_response(page)


def _search(graph: Graph) -> Response:
    """Answer `?q=` with a page, or with JSON for programs and suggestions."""
    words = request.args.get("q", "")
    limit = request.args.get("limit", 50, type=int)
    hits = graph.search(words, max(1, min(limit, 200)))
    offered = ["application/json", "text/html"]
    wish = request.args.get("format")
    if wish == "json" or (wish is None and request.accept_mimetypes.best_match(offered) != "text/html"):
        found = [{"iri": hit.iri, "kind": hit.kind, "text": hit.text} for hit in hits]
        return jsonify(query=words, hits=found)
    things: dict[str, list[Hit]] = {}
    for hit in hits:
        things.setdefault(hit.iri, []).append(hit)
    return make_response(render_template("search.html", words=words, things=things))


def _thing(graph: Graph, path: str) -> Response:
    """Answer for the IRI at `path`, or for the one without the suffix that names a format."""
    stem, dot, suffix = path.rpartition(".")
    wanted = of_name(GRAPHS, suffix) if dot and suffix in {each.name for each in GRAPHS} else None
    if wanted is not None:
        described = describe(graph, iri(stem))
        if described.exists:
            return _written(graph, described, wanted, stem)
    described = describe(graph, iri(path))
    if not described.exists:
        raise Problem(404, f"the graph says nothing of <{iri(path)}>")
    return _written(graph, described, _wanted(), path)


def _wanted() -> Format:
    asked, accept = request.args.get("format"), request.headers.get("Accept")
    pages_first = (GRAPHS[-1], *GRAPHS[:-1])
    found = negotiate(pages_first, asked, accept)
    if found is None:
        raise not_acceptable(pages_first, asked or accept or "")
    return found


def _written(graph: Graph, described: Description, written: Format, path: str) -> Response:
    if written.name == HTML:
        response = make_response(_page(described))
    else:
        response = Response(_rdf(graph, described, written), content_type=written.content_type)
    response.headers["Content-Location"] = f"{request.root_path}{path}.{written.name}"
    for each in GRAPHS:
        address = f"{request.root_path}{path}.{each.name}"
        response.headers.add("Link", f'<{address}>; rel="alternate"; type="{each.media_types[0]}"')
    return response


def _rdf(graph: Graph, described: Description, written: Format) -> bytes:
    """Write a named graph or the ontology as its content, other things as the triples about them."""
    content = ONTOLOGY_GRAPH if described.iri == BASE + "ontology" else described.iri
    is_graph = content.startswith(BASE + "graph/")
    job = graph_job(content, written.name) if is_graph else description_job(described.iri, written.name)
    return graph.answer(job)[1]


def _page(described: Description) -> str:
    if described.iri == BASE + "ontology":
        return documentation.shipped()
    outgoing = [s for s in described.outgoing if _iri(s.predicate) not in (_TYPE, _LABEL)]
    return render_template(
        "thing.html",
        thing=described,
        outgoing=_by_predicate(outgoing, lambda s: s.object),
        incoming=_by_predicate(described.incoming, lambda s: s.subject),
        formats=[each for each in GRAPHS if each.name != HTML],
        show=lambda term: _shown(term, described.names),
    )


def _by_predicate(
    statements: list[Statement] | tuple[Statement, ...], other: Callable[[Statement], Term]
) -> list[tuple[str, list[tuple[Term, list[str]]], int]]:
    """Return, for each predicate, the first terms at the other end with the graphs that say so, and how many more."""
    groups = []
    for predicate, same in groupby(statements, key=lambda s: _iri(s.predicate)):
        terms: dict[Term, list[str]] = {}
        for statement in same:
            terms.setdefault(other(statement), []).extend([statement.graph] if statement.graph else [])
        groups.append((predicate, list(terms.items())[:_SHOWN], max(0, len(terms) - _SHOWN)))
    return groups


def _iri(term: Term) -> str:
    return term.value if isinstance(term, NamedNode) else str(term)


def _shown(term: Term, names: dict[str, str]) -> dict[str, str | None]:
    """Return what a template needs to show a term: text, link, language and datatype."""
    if isinstance(term, NamedNode):
        return {"text": names.get(term.value, short(term.value)), "href": href(term.value, request.root_path)}
    if isinstance(term, Literal):
        plain = term.datatype.value.endswith(("#string", "#langString"))
        datatype = None if plain else short(term.datatype.value)
        return {"text": term.value, "lang": term.language, "type": datatype}
    return {"text": str(term)}
