"""Pages in a real browser: opened, watched for what goes wrong, photographed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

AXE = Path(__file__).resolve().parents[1] / "web" / "node_modules" / "axe-core" / "axe.min.js"


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


def photograph(page: Page, path: Path) -> None:
    """Take a picture of what is seen without scrolling, up to two screens high."""
    size = page.viewport_size
    assert size is not None
    high = min(page.evaluate("document.documentElement.scrollHeight"), 2 * size["height"])
    page.screenshot(path=path, full_page=True, clip={"x": 0, "y": 0, "width": size["width"], "height": high})
    assert path.stat().st_size > 5000


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
