"""The pages in a real browser: nothing leaves the host, nothing is reported as an error, and what moves, moves."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from browsing import opened, photograph, violations

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
    "mapping": "/mapping/state-pakistan-wd-Q843",
    "shape": "/shape/AgentRole",
    "missing": "/id/state/atlantis",
}


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
