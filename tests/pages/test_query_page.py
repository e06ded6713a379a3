"""The query page with its editor, in a real browser."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browsing import opened, violations

VENDOR = (
    Path(__file__).resolve().parents[2]
    / "src"
    / "diplograph"
    / "pages"
    / "static"
    / "vendor"
    / "query-editor.js"
)
VISITS = "SELECT ?visitor ?host ?time { ?v a dg:Visit ; dg:visitor ?visitor ; dg:hostState ?host OPTIONAL { ?v dg:time ?time } }"
SEEN = {"timeline": "#view .mark", "map": "#view .spot", "graph": "#view .node"}

pytestmark = pytest.mark.skipif(not VENDOR.is_file(), reason="the front end is not built; make web")


class TestEditor:
    """The query page with its editor."""

    def ask(self, page: Page, address: str, query: str, *, told: str = " in ") -> None:
        """Type a query, run it, and wait until the page tells of its answer."""
        self.open(page, address)
        self.type(page, query)
        page.keyboard.press("Control+Enter")
        expect(page.locator("#status")).to_contain_text(told)

    def test_a_query_is_typed_run_shared_and_taken_away(self, browser: Browser, address: str) -> None:
        with opened(browser, address) as page:
            self.ask(
                page,
                address,
                "SELECT ?host ?time { ?visit a dg:Visit ; dg:hostState ?host ; dg:time ?time }",
                told=" in ",
            )
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
            self.ask(
                page,
                address,
                """SELECT ?label { state:pakistan rdfs:label ?label FILTER(?label != 'it\\'s "x"') }""",
                told=" in ",
            )
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
            self.ask(page, address, VISITS)
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
            self.ask(
                page,
                address,
                "CONSTRUCT { ?visitor dg:visited ?host } WHERE { ?v dg:visitor ?visitor ; dg:hostState ?host }",
                told="triples in ",
            )
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
            self.ask(page, address, "SELECT (1 AS ?one) {}", told="1 row")
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
