"""The pages in a real browser: nothing leaves the host, nothing is reported as an error, and what moves, moves."""

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
    "missing": "/id/state/atlantis",
}
needs_build = pytest.mark.skipif(not VENDOR.is_file(), reason="the front end is not built; make web")


@contextmanager
def opened(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """Give a page that fails the test at its end if anything went wrong in it."""
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
        assert not wrong
    finally:
        context.close()


def is_here(url: str, address: str) -> bool:
    return url.startswith((f"{address}/", "data:", "blob:"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_cleanly_and_everybody_can_use_it(
    browser: Browser, address: str, tmp_path: Path, name: str
) -> None:
    if name == "missing":
        return
    for scheme in ("light", "dark"):
        with opened(browser, address, color_scheme=scheme) as page:
            page.goto(address + PAGES[name])
            page.wait_for_load_state("networkidle")
            shot = tmp_path / f"{name}-{scheme}.png"
            page.screenshot(path=shot, full_page=True)
            assert shot.stat().st_size > 5000
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
    browser: Browser, address: str, tmp_path: Path, name: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(address + PAGES[name])
    page.wait_for_load_state("networkidle")
    page.screenshot(path=tmp_path / f"{name}-narrow.png", full_page=True)
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
    import re

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
            expect(page.locator("#results svg")).to_be_visible()
            shared = page.url
            assert "query=SELECT" in shared
            page.locator("#take-away summary").click()
            with page.expect_download() as download:
                page.locator("#downloads a", has_text="csv").click()
            assert len(Path(download.value.path()).read_text().splitlines()) == rows + 1
            for language in ("curl", "Python", "R"):
                assert "hostState" in page.locator(f"#code-{language}").inner_text()
            page.goto(shared)
            expect(page.locator("#server-results tbody tr")).to_have_count(rows)

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
