"""What the pages say, without a browser and without scripts."""

import csv
import io
import re
from collections import defaultdict
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from diplograph import store
from diplograph.pages.lanes import lanes
from diplograph.pages.reading import QUERIES
from diplograph.pages.timeline import draw, span_of
from diplograph.server import Settings, create_app
from diplograph.vocabulary import BASE, PREFIXES

HTML = {"Accept": "text/html"}
ROOT = Path(__file__).resolve().parents[2]
_TURTLE = RdfFormat.TURTLE
_TYPE = NamedNode(PREFIXES["rdf"] + "type")


def get(client: FlaskClient, address: str, status: int = 200) -> str:
    response = client.get(address, headers=HTML)
    assert response.status_code == status, (address, response.text[:300])
    return response.text


def quoted(words: str, page: str) -> bool:
    """Tell whether a quote on the page holds these words, however much around them the reader has taken."""
    return any(words in quote for quote in re.findall(r"<mark>([^<]*)</mark>", page))


def test_every_query_is_sparql_as_it_stands() -> None:
    files = sorted(QUERIES.glob("*.rq"))
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("#+ label: "), path
        list(Store().query(text, use_default_graph_as_union=True))  # type: ignore[arg-type]


def test_iris_of_every_kind_lead_somewhere(client: FlaskClient, directory: Path) -> None:
    """To a page, and to RDF in which the IRI stands; a graph is given as its content."""
    graph = store.snapshot(directory).store
    terms = {term.value for quad in graph for term in quad if isinstance(term, NamedNode)}
    kinds: dict[str, list[str]] = defaultdict(list)
    for iri in sorted(term.partition("#")[0] for term in terms if term.startswith(BASE)):
        kinds[re.split(r"[/#]", iri.removeprefix(BASE))[0]].append(iri)
    assert {"id", "doc", "rule", "kind", "shape", "mapping", "run", "ontology"} <= set(kinds)
    for found in kinds.values():
        for iri in {found[0], found[len(found) // 2], found[-1]}:
            get(client, "/" + iri.removeprefix(BASE), 303 if "/ontology/" in iri else 200)
            response = client.get("/" + iri.removeprefix(BASE), headers={"Accept": "text/turtle"})
            named = expanded(response.text) if response.status_code == 200 else {iri}
            assert iri in named or ("/graph/" in iri and named), iri


def expanded(turtle: str) -> set[str]:
    """Return the IRIs of a document, without fragments."""
    quads = parse(turtle, RdfFormat.TURTLE)
    return {t.value.partition("#")[0] for quad in quads for t in quad if isinstance(t, NamedNode)}


def test_every_class_of_events_has_one_lane() -> None:
    ontology = Store()
    for path in sorted((ROOT / "ontology").glob("*.ttl")):
        ontology.bulk_load(path=str(path), format=_TURTLE)
    rows = ontology.query(
        "SELECT ?class { ?class rdfs:subClassOf+ dg:Event FILTER(STRSTARTS(STR(?class), STR(dg:))) }",
        prefixes=PREFIXES,
    )
    events = {row["class"].value.removeprefix(PREFIXES["dg"]) for row in rows}  # type: ignore[union-attr]
    placed = [name for lane in lanes() for name in lane.classes]
    assert len(placed) == len(set(placed)), "a class in two lanes"
    assert len(events) > 30
    assert events <= set(placed)
    known = {
        quad.subject.value.removeprefix(PREFIXES["dg"])
        for quad in ontology.quads_for_pattern(None, _TYPE, NamedNode(PREFIXES["owl"] + "Class"))
        if isinstance(quad.subject, NamedNode)
    }
    assert set(placed) <= known, "a lane for a class that there is not"


def test_a_state_shows_its_facts_in_order_with_words_and_standing(client: FlaskClient) -> None:
    number = max(int(page) for page in re.findall(r'href="\?page=(\d+)', get(client, "/id/state/pakistan")))
    pages = [get(client, f"/id/state/pakistan?page={page}") for page in range(1, number + 1)]
    everything = "".join(pages)
    when = r'class="when"><time>(?:since )?(?:\d+ )?(?:[A-Z]\w+ )?(\d{4})'
    years = [int(year) for year in re.findall(when, everything)]
    assert len(years) > 20
    assert years == sorted(years)
    assert "<h1>Pakistan" in pages[0]
    assert quoted("ordered four Mi-35M gunships", everything)
    assert "Affirmed · Actual" in everything
    assert 'class="fact inferred"' in everything
    assert "/proof?s=" in pages[0]


def test_a_fact_is_one_click_from_its_proof(client: FlaskClient) -> None:
    page = get(client, "/id/state/pakistan")
    proof = re.search(r'href="(/proof\?s=state:pakistan[^"]+defensePartnerOf[^"]+)"', page)
    assert proof is not None
    shown = get(client, proof[1].replace("&amp;", "&"))
    assert "Defense partners" in shown
    assert "step stated" in shown or "reference data" in shown


def test_facts_come_in_pages(client: FlaskClient) -> None:
    page = get(client, "/id/state/united-states?page=999")
    current = re.search(r'aria-current="page">(\d+)<', page)
    assert current is not None
    assert int(current[1]) > 1
    assert get(client, f"/id/state/united-states?page={current[1]}") == page
    assert get(client, "/id/state/united-states?page=0") == get(client, "/id/state/united-states")


def test_other_formats_are_the_servers(client: FlaskClient) -> None:
    response = client.get("/id/state/pakistan", headers={"Accept": "text/turtle"})
    assert response.mimetype == "text/turtle"
    assert client.get("/id/state/pakistan.ttl", headers=HTML).mimetype == "text/turtle"
    links = client.get("/id/state/pakistan", headers=HTML).headers.getlist("Link")
    assert len(links) == 6
    assert get(client, "/id/state/atlantis", 404)


def test_a_pair_has_a_timeline_a_list_and_a_table(client: FlaskClient) -> None:
    page = get(client, "/dyad/PAK-RUS?with=PAK-USA")
    assert page.count('class="scroll timeline"') == 2
    assert "Soviet Union" in page, "the state before"
    marks = re.findall(r'<a href="#(other-)?fact-(\d+)" class="mark (\w+)"', page)
    assert {"happened", "inferred"} <= {standing for _, _, standing in marks}
    for prefix, number, _ in marks:
        assert f'id="{prefix}fact-{number}"' in page
    answer = client.get("/dyad/PAK-RUS.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.mimetype == "text/csv"
    assert len(rows) >= len([mark for mark in marks if not mark[0]])
    assert {row["state1"] for row in rows} == {"PAK"}
    assert any(row["quote"] for row in rows)


def test_the_pair_of_the_op_ed_shows_its_five_visits(seed_directory: Path) -> None:
    app = create_app(seed_directory, settings=Settings())
    page = get(app.test_client(), "/dyad/PAK-RUS")
    app.extensions["diplograph"].close()
    visits = re.findall(r'class="mark happened" aria-label="([^:]+): Visit: ([^"]+)"', page)
    years = {when[-4:] for when, _ in visits}
    assert {"1974", "1999", "2003", "2012"} <= years
    assert any("Imran Khan" in who for _, who in visits)


def test_what_did_not_happen_has_a_lane_of_its_own(client: FlaskClient) -> None:
    page = get(client, "/dyad/PAK-RUS")
    lane = page.partition('class="strip unreal"')[2].partition("</g>")[0]
    assert lane
    others = page.partition('class="strip unreal"')[0]
    unreal = r'class="mark (denied|possible|predicted|intended)"'
    assert re.findall(unreal, lane)
    assert not re.findall(unreal, others)


def test_a_pair_has_a_table_of_what_is_drawn(client: FlaskClient) -> None:
    page = get(client, "/dyad/PAK-RUS")
    table = page.partition('class="facts-table"')[2].partition("</table>")[0]
    drawn = page.count('class="mark ')
    assert table.count("<tr><td>") == drawn > 10


def test_states_that_share_a_code_have_a_map(hostile: FlaskClient) -> None:
    assert "Third" in get(hostile, "/map")
    assert "Third" in get(hostile, "/id/state/third")


@pytest.mark.parametrize("pair", ["PAK", "PAK-XXX", "PAK-PAK", "-", "pak_rus"])
def test_no_pair_says_what_one_is(client: FlaskClient, pair: str) -> None:
    assert "PAK-RUS" in get(client, f"/dyad/{pair}", 404)


def test_a_document_joins_words_and_claims(client: FlaskClient) -> None:
    page = get(client, "/doc/pakistan-russia-ties")
    claims = re.findall(r'id="claim-(\d+)"', page)
    joined = {number for numbers in re.findall(r'data-claims="([\d ]+)"', page) for number in numbers.split()}
    assert claims == [str(number) for number in range(1, len(claims) + 1)]
    assert set(claims) == joined
    assert page.count('id="char=') == len(set(re.findall(r'id="(char=\d+,\d+)"', page)))
    text = re.sub(r"<[^>]+>", "", page.partition('class="text"')[2].partition("</section>")[0])
    assert "Imran Khan landed in Moscow on the evening of February 23, no Pakistani prime minister" in text


def test_a_document_without_its_text_shows_places(
    directory: Path, tmp_path: Path, client: FlaskClient
) -> None:
    kept = directory / "documents" / "pakistan-russia-ties.json"
    hidden = tmp_path / "kept.json"
    kept.rename(hidden)
    try:
        page = get(client, "/doc/pakistan-russia-ties")
    finally:
        hidden.rename(kept)
    assert "not stored here" in page
    assert re.search(r"5–32: “Imran Khan landed in Moscow”", page)


def test_a_proof_goes_down_to_quotes(client: FlaskClient) -> None:
    page = get(client, "/proof?s=PAK&p=dg:contractedToArm&o=RUS", 404)
    assert "neither states this nor derives it" in page
    page = get(client, "/proof?s=RUS&p=dg:contractedToArm&o=PAK")
    assert quoted("ordered four Mi-35M gunships", page)
    boxes = re.findall(r'<a href="#(step-\d+)" class="box', page)
    assert boxes
    for step in boxes:
        assert f'id="{step}"' in page


def test_what_if_a_document_or_a_rule_were_not(client: FlaskClient) -> None:
    asked = "/proof?s=RUS&p=dg:embargoed&o=PAK"
    assert "It no longer follows" in get(client, f"{asked}&without=doc:pakistan-russia-ties")
    assert "It still follows" in get(client, f"{asked}&without=doc:us-pakistan-aid")
    assert "It no longer follows" in get(client, f"{asked}&without=rule:embargo-in-force")
    assert "It still follows" in get(client, f"{asked}&without=rule:host-polity")


def test_every_rule_has_a_card(client: FlaskClient) -> None:
    slugs = sorted(path.stem for path in (ROOT / "ontology" / "rules").glob("*.rq"))
    listed = get(client, "/rule")
    assert slugs
    for slug in slugs:
        assert f"/rule/{slug}" in listed
        page = get(client, f"/rule/{slug}")
        assert "CONSTRUCT" in page
        assert re.search(r'<p class="source">After ', page)


def test_the_map_shows_who_did_what_in_a_year(client: FlaskClient) -> None:
    everything, one_year = get(client, "/map"), get(client, "/map?year=2003&kind=visits")
    seen = r'<tr data-kind="(\w+)" data-spans="([^"]+)">'
    assert len(re.findall(seen, everything)) > len(re.findall(seen, one_year)) > 0
    for kind, spans in re.findall(seen, one_year):
        assert kind == "visits"
        assert any(int(first) <= 2003 <= int(last) for first, last in re.findall(r"(\d+)-(\d+)", spans))


def test_the_front_page_is_light_and_says_how_much_there_is(client: FlaskClient, directory: Path) -> None:
    page = get(client, "/")
    assert len(page.encode()) < 100_000
    assert f"{len(store.snapshot(directory).store):,}" in page
    assert "Events by year" in page
    assert "How to cite" in page


def test_every_page_has_its_content_without_scripts(client: FlaskClient) -> None:
    for address in (
        "/",
        "/id/state/pakistan",
        "/dyad/PAK-RUS",
        "/doc/us-pakistan-aid",
        "/map",
        "/rule",
        "/sparql",
    ):
        page = re.sub(r"<script.*?</script>", "", get(client, address), flags=re.S)
        words = re.sub(r"<[^>]+>", " ", page).split()
        assert len(words) > 120, address


PROBE = "<script>window.hurt=1</script>"
PROBED = [
    "/id/state/evil", "/id/visit/evil", "/id/claim/evil-1", "/doc/evil", "/dyad/EVL-OTH", "/map", "/dyad", "/", "/rule",
    "/proof?s=id:x&p=dg:sendingState&o=EVL",
]  # fmt: skip


def test_markup_in_the_graph_stays_text(hostile: FlaskClient) -> None:
    for address in PROBED:
        page = hostile.get(address, headers=HTML).text
        assert_harmless(page, address)
    assert "&lt;script&gt;window.hurt" in get(hostile, "/id/state/evil")


@pytest.mark.parametrize(
    "address",
    [
        f"/dyad/{PROBE}", f"/dyad/EVL-OTH?with={PROBE}", f"/map?year={PROBE}&kind={PROBE}", f"/id/{PROBE}",
        f"/id/state/evil?page={PROBE}", f"/proof?s={PROBE}&p={PROBE}&o={PROBE}", f"/doc/{PROBE}", f"/rule/{PROBE}",
        f"/proof?s=EVL&p=a&o=OTH&without={PROBE}", f"/dyad?one={PROBE}&other=x", f"/sparql?query={PROBE}&format=html",
        "/id/state/evil?page=-1", "/doc/../../etc/passwd", "/doc/%2e%2e%2fbuild",
    ],
)  # fmt: skip
def test_markup_in_a_request_stays_text(hostile: FlaskClient, address: str) -> None:
    response = hostile.get(address, headers=HTML)
    assert response.status_code < 500
    assert_harmless(response.text, address)


def assert_harmless(page: str, address: str) -> None:
    scripts = re.findall(
        r"<script(?![^>]*(?: src=\"/static/| type=\"application/(?:ld\+)?json\"))[^>]*>", page
    )
    assert not scripts, address
    assert not re.search(r"<(?:img|iframe|svg/)", page), address
    assert not re.search(r"<[^>]+\son(?:error|load|focus|mouseover)=", re.sub(r'"[^"]*"', '""', page)), (
        address
    )
    assert 'href="javascript:' not in page, address


def test_a_timeline_draws_what_is_uncertain_as_uncertain(client: FlaskClient) -> None:
    page = get(client, "/dyad/PAK-RUS")
    marks = re.findall(r'class="mark happened" aria-label="([^":]+): Visit(.*?)</a>', page, flags=re.S)
    to_the_day = [drawn for when, drawn in marks if re.fullmatch(r"\d+ [A-Z]\w+ \d{4}", when)]
    vaguer = [drawn for when, drawn in marks if re.fullmatch(r"(?:[A-Z]\w+ )?\d{4}", when)]
    assert to_the_day
    assert vaguer
    assert all('class="may"' in drawn and 'class="dot"' in drawn for drawn in vaguer)
    assert not any('class="may"' in drawn for drawn in to_the_day)


def test_an_empty_timeline_can_be_drawn() -> None:
    line = draw([], span_of([]))
    assert line.strips == ()
    assert line.ticks
