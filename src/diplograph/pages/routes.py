"""The addresses of the pages, and what they need of a request."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from pyoxigraph import NamedNode, Triple
from werkzeug.exceptions import NotFound, ServiceUnavailable

from diplograph.errors import StoreError
from diplograph.pages import filters, worldmap
from diplograph.pages.acts import KINDS, Coverage, coverage
from diplograph.pages.charts import by_year
from diplograph.pages.document import document
from diplograph.pages.dyad import Dyad, State, by_lane, dyad, states, table, timelines
from diplograph.pages.entity import PER_PAGE, entity, partner_lanes, provable
from diplograph.pages.facts import Orders
from diplograph.pages.loss import lost
from diplograph.pages.prooftree import rests_on, tree, words
from diplograph.pages.reading import RDF_TYPE, Reader, names
from diplograph.pages.rules import card, counts, rules
from diplograph.pages.treedraw import draw
from diplograph.pages.whatif import BusyError, Prover
from diplograph.vocabulary import BASE, expand

_RETRY = 10  # seconds
Result = TypeVar("Result")
FORMATS = (
    ("ttl", "text/turtle"),
    ("jsonld", "application/ld+json"),
    ("nt", "application/n-triples"),
    ("rdf", "application/rdf+xml"),
    ("trig", "application/trig"),
    ("nq", "application/n-quads"),
)


def blueprint(read: Reader, *, base: str = BASE) -> Blueprint:
    """Return the pages over what `read` gives; `base` is what the IRIs of the graph begin with.

    Register it before the server's own pages: it answers for things, documents and rules where a person asks, and
    leaves every other format to the view `pages.thing`.
    """
    routes = Blueprint(
        "views", __name__, static_folder="static", template_folder="templates", static_url_path="/static"
    )
    filters.register(routes, read)
    covered, known = _once_a_version(read, coverage), _once_a_version(read, states)
    routes.app_template_global("coverage")(covered)
    routes.app_template_global("columns_by_year")(by_year)
    prover = Prover(read)
    _add_things(routes, read, base, known)
    _add_views(routes, read, covered, known)
    _add_searches(routes, read, prover, known)
    return routes


def _add_things(routes: Blueprint, read: Reader, base: str, known: Callable[[], dict[str, State]]) -> None:
    """Add the pages of what has an IRI."""
    orders = Orders(read)

    @routes.get("/id/<path:rest>")
    def thing(rest: str) -> Response:
        return _page_or_data("id", rest, lambda: _entity(read, orders, f"{base}id/{rest}", known()))

    @routes.get("/doc/<path:rest>")
    def text(rest: str) -> Response:
        return _page_or_data("doc", rest, lambda: _document(read, f"{base}doc/{rest}"))

    @routes.get("/rule/<path:rest>")
    def rule(rest: str) -> Response:
        return _page_or_data("rule", rest, lambda: _rule(read, rest))


def _add_views(
    routes: Blueprint, read: Reader, covered: Callable[[], Coverage], known: Callable[[], dict[str, State]]
) -> None:
    """Add the pages that look at several things together."""

    @routes.get("/rule")
    def rule_list() -> Response:
        listed = sorted(rules(), key=lambda each: each.id)
        return make_response(render_template("rules.html", rules=listed, counts=counts(read, rules())))

    @routes.get("/map")
    def world() -> Response:
        return _map(read, covered(), known())

    @routes.get("/dyad")
    def dyads() -> Response:
        return _dyads(covered(), known())

    @routes.get("/dyad/<pair>")
    def dyad(pair: str) -> Response:
        return _dyad(read, pair, known())

    @routes.get("/dyad/<pair>.csv")
    def dyad_table(pair: str) -> Response:
        found = _found_dyad(read, pair, known())
        return Response(table(found), content_type="text/csv; charset=utf-8")


def _add_searches(
    routes: Blueprint, read: Reader, prover: Prover, known: Callable[[], dict[str, State]]
) -> None:
    """Add the pages that need a search: why something holds, and what would go with a rule."""

    @routes.get("/proof")
    def proof() -> Response:
        return _proof(read, prover, known())

    @routes.get("/rule/<slug>/without")
    def without_rule(slug: str) -> Response:
        rule = next((rule for rule in rules() if rule.slug == slug), None)
        if rule is None:
            raise NotFound(f"there is no rule {slug!r}")
        found = _searched(lambda: prover.loss(slug))
        return make_response(render_template("without.html", rule=rule, it=lost(read, found)))


def _searched(search: Callable[[], Result]) -> Result:
    """Return what a search found; 503 when it cannot be found in time, 404 where nothing can be searched."""
    try:
        return search()
    except BusyError as error:
        raise ServiceUnavailable(str(error), retry_after=_RETRY) from error
    except StoreError as error:
        raise NotFound(str(error)) from error


def _page_or_data(family: str, rest: str, page: Callable[[], str | None]) -> Response:
    """Answer a browser with a page, everybody else (and what the page does not know) with the server's own view."""
    if _wants_page(rest):
        try:
            content = page()
        except ValueError:  # what was asked for cannot be an IRI
            content = None
        if content is not None:
            return _alternates(make_response(content), f"/{family}/{rest}")
    view = current_app.view_functions["pages.thing"]
    return make_response(view(family=family, rest=rest))


def _wants_page(path: str) -> bool:
    written = request.args.get("format")
    if written is not None or path.rpartition(".")[2] in {name for name, _ in FORMATS}:
        return written == "html"
    offered = ["text/html", *(media_type for _, media_type in FORMATS)]
    return request.accept_mimetypes.best_match(offered) == "text/html"


def _alternates(response: Response, path: str) -> Response:
    for name, media_type in FORMATS:
        response.headers.add(
            "Link", f'<{request.root_path}{path}.{name}>; rel="alternate"; type="{media_type}"'
        )
    return response


def _entity(read: Reader, orders: Orders, iri: str, known: dict[str, State]) -> str | None:
    found = entity(read, orders, iri, request.args.get("page", 1, type=int))
    if found is None:
        return None
    return render_template(
        "entity.html",
        it=found,
        lanes=partner_lanes(found.partners),
        per_page=PER_PAGE,
        formats=FORMATS,
        codes={state.iri: state.code for state in known.values()},
    )


def _document(read: Reader, iri: str) -> str | None:
    found = document(read, iri)
    return None if found is None else render_template("document.html", it=found, formats=FORMATS)


def _rule(read: Reader, slug: str) -> str | None:
    found = card(read, slug)
    return None if found is None else render_template("rule.html", it=found)


def _dyads(covered: Coverage, known: dict[str, State]) -> Response:
    one, other = request.args.get("one"), request.args.get("other")
    if one and other:
        return make_response(redirect(url_for("views.dyad", pair=f"{one}-{other}")))
    codes = {state.iri: state.code for state in known.values()}
    pairs = [
        (f"{codes[one]}-{codes[other]}", f"{covered.names[one]} and {covered.names[other]}", number)
        for one, other, number in covered.pairs[:60]
        if one in codes and other in codes
    ]
    return make_response(render_template("dyads.html", states=known, pairs=pairs))


def _map(read: Reader, covered: Coverage, known: dict[str, State]) -> Response:
    year = request.args.get("year", type=int)
    chosen = set(request.args.getlist("kind")) & set(KINDS) or set(KINDS)
    codes = {state.iri: state.code for state in known.values()}
    content = render_template(
        "map.html", map=worldmap.draw(read, covered, year), year=year, kinds=KINDS, chosen=chosen, names=covered.names,
        codes=codes,
    )  # fmt: skip
    return make_response(content)


def _once_a_version(read: Reader, compute: Callable[[Reader], Result]) -> Callable[[], Result]:
    """Return a function that gives what `compute` found, found anew when the graph has changed."""
    kept: dict[str, Result] = {}

    def look() -> Result:
        tag = read.tag()
        if tag not in kept:
            found = compute(read)
            kept.clear()
            kept[tag] = found
        return kept[tag]

    return look


def _dyad(read: Reader, pair: str, known: dict[str, State]) -> Response:
    compared = request.args.get("with")
    found = [_found_dyad(read, each, known) for each in (pair, compared) if each]
    titles = {said.document: said.title for each in found for fact in each.facts for said in fact.said}
    content = render_template(
        "dyad.html",
        dyads=found,
        lines=timelines(found),
        states=known,
        lanes=by_lane(found[0].facts),
        titles=titles,
    )
    return make_response(content)


def _found_dyad(read: Reader, pair: str, known: dict[str, State]) -> Dyad:
    found = dyad(read, pair, known)
    if found is None:
        raise NotFound(
            f"{pair!r} is no pair of states; expected two codes of three letters such as PAK-RUS (Pakistan and Russia)"
        )
    return found


def _proof(read: Reader, prover: Prover, known: dict[str, State]) -> Response:
    asked = {name: request.args.get(name, "").strip() for name in ("s", "p", "o")}
    if not all(asked.values()):
        return make_response(render_template("proofs.html", properties=provable(read)))
    try:
        triple = Triple(*(NamedNode(_iri(known, given)) for given in asked.values()))
        without = [NamedNode(expand(each)).value for each in request.args.getlist("without")]
    except ValueError as error:
        raise NotFound(
            f"{error}; expected IRIs, CURIEs such as state:pakistan, or codes of states such as PAK"
        ) from error
    found = _searched(lambda: prover.prove(triple, frozenset(without)))
    root = tree(read, found) if found else None
    labels = names(read, without)
    content = render_template(
        "proof.html",
        asked=asked, statement=words(read, triple), root=root, drawing=draw(root) if root else None,
        rests=rests_on(read, found) if found else None, without=without, left_out=list(labels.items()),
    )  # fmt: skip
    return make_response(content, HTTPStatus.OK if found or without else HTTPStatus.NOT_FOUND)


def _iri(known: dict[str, State], given: str) -> str:
    """Return the IRI that an IRI, a CURIE, a code or `a` stands for."""
    if given == "a":
        return RDF_TYPE
    return known[given].iri if given in known else expand(given.strip("<>"))
