"""The pages in a real browser: nothing leaves the host, nothing is reported as an error, and what moves, moves."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
VENDOR = ROOT / "src" / "diplograph" / "pages" / "static" / "vendor" / "query-editor.js"
PROOF = "/proof?s=RUS&p=dg:contractedToArm&o=PAK"
PAGES = {
    "front": "/",
    "state": "/id/state/pakistan",
    "person": "/id/person/imran-khan",
    "dyad": "/dyad/PAK-RUS?with=PAK-USA",
    "dyads": "/dyad",
    "document": "/doc/pakistan-russia-ties",
    "proof": PROOF,
    "proofs": "/proof",
    "rule": "/rule/defense-partner",
    "rules": "/rule",
    "map": "/map",
    "query": "/sparql",
    "search": "/search?q=Pakistan",
    "ontology": "/ontology",
    "missing": "/id/state/atlantis",
}
VISITS = "SELECT ?visitor ?host ?time { ?v a dg:Visit ; dg:visitor ?visitor ; dg:hostState ?host OPTIONAL { ?v dg:time ?time } }"
SEEN = {"timeline": "#view .mark", "map": "#view .spot", "graph": "#view .node"}
needs_build = pytest.mark.skipif(not VENDOR.is_file(), reason="the front end is not built; make web")


@contextmanager
def opened(browser: Browser, address: str, *, forgiven: str | None = None, **options: Any) -> Iterator[Page]:
    """Give a page that fails the test at its end if anything went wrong in it, but messages with `forgiven`."""
    wrong: list[str] = []
    context = browser.new_context(**({"viewport": {"width": 1240, "height": 900}} | options))
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on(
        "console",
        lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None,
    )
    page.on(
        "request", lambda request: wrong.append(request.url) if not is_here(request.url, address) else None
    )
    try:
        yield page
        assert not [each for each in wrong if forgiven is None or forgiven not in each]
    finally:
        context.close()


def is_here(url: str, address: str) -> bool:
    return url.startswith((f"{address}/", "data:", "blob:"))


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where screenshots go: the folder that DIPLOGRAPH_SCREENSHOTS names, to be looked at."""
    chosen = os.environ.get("DIPLOGRAPH_SCREENSHOTS")
    folder = Path(chosen) if chosen else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def photograph(page: Page, path: Path) -> None:
    """Take a picture of what is seen without scrolling, up to two screens high."""
    size = page.viewport_size
    assert size is not None
    high = min(page.evaluate("document.documentElement.scrollHeight"), 2 * size["height"])
    page.screenshot(path=path, full_page=True, clip={"x": 0, "y": 0, "width": size["width"], "height": high})
    assert path.stat().st_size > 5000


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_cleanly_and_everybody_can_use_it(
    browser: Browser, address: str, shots: Path, name: str
) -> None:
    for scheme in ("light", "dark"):
        forgiven = "404" if name == "missing" else None
        with opened(browser, address, forgiven=forgiven, color_scheme=scheme) as page:
            page.goto(address + PAGES[name])
            page.wait_for_load_state("networkidle")
            photograph(page, shots / f"{name}-{scheme}.png")
            assert not violations(page)


def violations(page: Page) -> list[str]:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; make web")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:160] for node in each['nodes'][:3]]}"
        for each in found["violations"]
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_narrow_screen_needs_no_sideways_scrolling(
    browser: Browser, address: str, shots: Path, name: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(address + PAGES[name])
    page.wait_for_load_state("networkidle")
    photograph(page, shots / f"{name}-narrow.png")
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert width <= 390


@pytest.mark.parametrize("name", ["front", "state", "dyad", "document", "proof", "rule", "map"])
def test_without_scripts_the_content_is_there(browser: Browser, address: str, name: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + PAGES[name])
    assert len(page.inner_text("main").split()) > 100
    context.close()


def test_pointing_at_words_marks_their_claim(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        page.goto(address + "/doc/pakistan-russia-ties")
        span = page.locator("[data-claims]").first
        number = (span.get_attribute("data-claims") or "").split()[0]
        span.hover()
        expect(page.locator(f"#claim-{number}")).to_have_class(has("joined"))
        page.locator("[data-claim='8']").hover()
        expect(page.locator("[data-claims~='8']").first).to_have_class(has("joined"))
        expect(page.locator(f"#claim-{number}")).not_to_have_class(has("joined"))


def has(name: str) -> Any:
    return re.compile(rf"\b{name}\b")


def test_a_mark_leads_to_its_words_and_back(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        page.goto(address + "/dyad/PAK-RUS")
        mark = page.locator("a.mark", has_text="Imran Khan").first
        mark.focus()
        page.keyboard.press("Enter")
        target = page.locator(":target")
        expect(target).to_be_visible()
        assert "fact-" in page.url
        page.go_back()
        assert page.url.endswith("/dyad/PAK-RUS")


def test_a_proof_opens_from_a_things_page_by_keyboard(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        page.goto(address + "/id/state/pakistan")
        page.locator("a.chip.inferred").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/proof?*", timeout=60_000)
        expect(page.locator("svg .box").first).to_be_visible()


def test_a_rule_says_what_would_go_with_it(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        page.goto(address + "/rule/embargo-in-force")
        page.locator("#without").scroll_into_view_if_needed()
        shown = page.locator("[data-later]")
        expect(shown).to_contain_text("conclusions would go", timeout=60_000)
        expect(shown.locator("details")).to_be_visible()


def test_the_year_moves_and_the_back_button_undoes_it(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        page.goto(address + "/map")
        rows = page.locator(".flows tbody tr:visible")
        everything = rows.count()
        slider = page.locator("#year")
        slider.focus()
        for _ in range(4):
            page.keyboard.press("ArrowLeft")
        expect(page.locator("#seen")).to_contain_text(slider.input_value())
        assert "year=" in page.url
        fewer = rows.count()
        assert fewer < everything
        shared = page.url
        page.locator("#all-years").click()
        expect(rows).to_have_count(everything)
        page.go_back()
        expect(rows).to_have_count(fewer)
        page.goto(shared)
        expect(rows).to_have_count(fewer)


def test_typing_a_name_suggests_and_leads_there(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        page.goto(address + "/")
        field = page.locator(".bigsearch input")
        field.press_sequentially("Musharr")
        expect(page.get_by_role("option").first).to_contain_text("Musharraf")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/id/**")


@needs_build
class TestEditor:
    """The query page with its editor."""

    def test_a_query_is_typed_run_shared_and_taken_away(self, browser: Browser, address: str) -> None:
        with opened(browser, address) as page:
            self.open(page, address)
            self.type(page, "SELECT ?host ?time { ?visit a dg:Visit ; dg:hostState ?host ; dg:time ?time }")
            page.keyboard.press("Control+Enter")
            expect(page.locator("#status")).to_contain_text(" in ")
            rows = page.locator("#results tbody tr").count()
            assert rows > 3
            shared = page.url
            assert "query=SELECT" in shared
            with page.expect_download() as download:
                page.locator("#downloads a", has_text="csv").click()
            assert len(Path(download.value.path()).read_text().splitlines()) == rows + 1
            with page.expect_download() as download:
                page.locator("#downloads a", has_text="json").click()
            assert len(json.loads(Path(download.value.path()).read_text())["results"]["bindings"]) == rows
            page.locator("#take-away summary").click()
            for language in ("curl", "Python", "R"):
                assert "hostState" in page.locator(f"#code-{language}").inner_text()
            page.goto(shared)
            expect(page.locator("#server-results tbody tr")).to_have_count(rows)

    def test_what_is_copied_for_other_programs_runs(self, browser: Browser, address: str) -> None:
        with opened(browser, address) as page:
            page.context.grant_permissions(["clipboard-read", "clipboard-write"])
            self.open(page, address)
            self.type(
                page, """SELECT ?label { state:pakistan rdfs:label ?label FILTER(?label != 'it\\'s "x"') }"""
            )
            page.keyboard.press("Control+Enter")
            expect(page.locator("#status")).to_contain_text(" in ")
            copied = {}
            for language in ("curl", "Python", "R"):
                page.get_by_role("button", name=f"Copy for {language}", exact=True).click()
                expect(page.locator("#status")).to_have_text("copied")
                copied[language] = page.evaluate("navigator.clipboard.readText()")
        answer = subprocess.run(["sh", "-c", copied["curl"]], capture_output=True, text=True, check=True)
        assert "Pakistan" in answer.stdout
        answer = subprocess.run(
            [sys.executable, "-c", copied["Python"]], capture_output=True, text=True, check=True
        )
        assert "Pakistan" in answer.stdout
        assert "read.csv(url)" in copied["R"]

    def test_an_answer_is_seen_in_every_way(self, browser: Browser, address: str, shots: Path) -> None:
        """Table, timeline, map and graph of one answer, by keyboard; each has an address of its own."""
        with opened(browser, address) as page:
            self.open(page, address)
            self.type(page, VISITS)
            page.keyboard.press("Control+Enter")
            rows = page.locator("#view tbody tr")
            expect(rows.first).to_be_visible()
            number = rows.count()
            page.get_by_role("button", name="time", exact=True).click()
            shown = page.locator("#view tbody td:last-child").all_inner_texts()
            dates = [text for text in shown if text]
            assert dates == sorted(dates)
            assert len(shown) == number
            page.get_by_role("tab", name="table").focus()
            for name, drawn in SEEN.items():
                page.keyboard.press("ArrowRight")
                expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
                expect(page.locator(drawn).first).to_be_visible()
                assert page.url.endswith(f"#view={name}")
                assert not violations(page)
                page.locator("#answer-tools").scroll_into_view_if_needed()
                page.screenshot(path=shots / f"answer-{name}.png")
                page.goto(page.url)
                page.reload()
                expect(page.locator(drawn).first).to_be_visible()
                page.get_by_role("tab", name=name).focus()
            names = page.locator("#view .node").all_text_contents()
            assert any("Imran Khan" in text for text in names), names

    def test_triples_are_drawn_and_enlarged(self, browser: Browser, address: str) -> None:
        with opened(browser, address) as page:
            self.open(page, address)
            self.type(
                page,
                "CONSTRUCT { ?visitor dg:visited ?host } WHERE { ?v dg:visitor ?visitor ; dg:hostState ?host }",
            )
            page.keyboard.press("Control+Enter")
            expect(page.locator("#status")).to_contain_text("triples in ")
            page.get_by_role("tab", name="graph").click()
            drawing = page.locator("#view svg")
            before = drawing.get_attribute("viewBox")
            page.get_by_role("button", name="Larger").click()
            assert drawing.get_attribute("viewBox") != before
            page.get_by_role("button", name="Whole drawing").click()
            thing = page.locator("#view .node").first
            thing.scroll_into_view_if_needed()
            place, frame = thing.get_attribute("transform"), thing.locator("circle").bounding_box()
            assert frame is not None
            page.mouse.move(frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
            page.mouse.down()
            page.mouse.move(frame["x"] + 60, frame["y"] + 30, steps=4)
            page.mouse.up()
            assert thing.get_attribute("transform") != place
            assert page.url.endswith("#view=graph"), "a drag is no click"

    def test_a_view_with_nothing_to_show_says_what_it_needs(self, browser: Browser, address: str) -> None:
        with opened(browser, address) as page:
            self.open(page, address)
            self.type(page, "SELECT (1 AS ?one) {}")
            page.keyboard.press("Control+Enter")
            expect(page.locator("#status")).to_contain_text("1 row")
            for name in ("timeline", "map", "graph"):
                page.get_by_role("tab", name=name).click()
                expect(page.locator("#view .hint")).to_contain_text("Ask for")

    def test_a_long_query_is_canceled_on_the_server_too(self, browser: Browser, address: str) -> None:
        context = browser.new_context()
        page = context.new_page()
        self.open(page, address)
        self.type(page, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?g) }")
        page.locator("#run").click()
        expect(page.locator("#status")).to_contain_text("running, 1.")
        assert page.evaluate("fetch('/queries').then((answer) => answer.json())")
        page.locator("#cancel").click()
        expect(page.locator("#status")).to_contain_text("canceled")
        page.wait_for_function("fetch('/queries').then((answer) => answer.json()).then((all) => !all.length)")
        context.close()

    def test_a_fault_is_shown_where_it_is(self, browser: Browser, address: str) -> None:
        context = browser.new_context()
        page = context.new_page()
        self.open(page, address)
        self.type(page, "SELECT ?x { ?x a ")
        page.locator("#run").click()
        expect(page.locator("#problem")).to_contain_text("line 1")
        context.close()

    def test_an_example_is_found_by_a_word_and_runs(self, browser: Browser, address: str) -> None:
        with opened(browser, address) as page:
            self.open(page, address)
            page.locator("#filter").fill("embargo lifted")
            example = page.locator(".questions li:visible").first
            expect(example).to_contain_text("lifted")
            example.locator("summary").click()
            example.get_by_role("button").click()
            expect(page.locator("#status")).to_contain_text(" in ")

    def test_names_are_completed_from_the_graph(self, browser: Browser, address: str) -> None:
        with opened(browser, address) as page:
            self.open(page, address)
            self.type(page, "PREFIX dg: <https://w3id.org/diplograph/ontology#> SELECT * { ?x a dg:Visi")
            page.keyboard.press("Control+Space")
            expect(page.locator(".CodeMirror-hints li").first).to_contain_text("Visit", timeout=20_000)

    def test_the_keyboard_gets_out_of_the_editor(self, browser: Browser, address: str) -> None:
        with opened(browser, address) as page:
            self.open(page, address)
            self.type(page, "ASK { ?s ?p ?o }")
            page.keyboard.press("Escape")
            assert page.evaluate("document.activeElement.id") == "run"

    @staticmethod
    def open(page: Page, address: str) -> None:
        page.goto(f"{address}/sparql")
        expect(page.locator(".CodeMirror")).to_be_visible()

    @staticmethod
    def type(page: Page, query: str) -> None:
        page.locator(".CodeMirror").click()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(query)


def test_markup_in_the_graph_does_not_run(
    browser: Browser, hostile_directory: Path, serving: Callable[[Path], Any]
) -> None:
    with serving(hostile_directory) as root:
        for path in (
            "/id/state/evil",
            "/id/visit/evil",
            "/doc/evil",
            "/dyad/EVL-OTH",
            "/map",
            "/search?q=window",
        ):
            context = browser.new_context()
            page = context.new_page()
            page.goto(root + path)
            page.wait_for_load_state("networkidle")
            assert page.evaluate("window.hurt === undefined"), path
            context.close()
