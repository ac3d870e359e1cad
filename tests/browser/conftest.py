"""A real Chromium and its pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from testbed.requirements import require


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Give Debian's browser."""
    require("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Give a page; its scripts and its policy may have no complaint."""
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda message: complaints.append(message.text) if "Content Security" in message.text else None,
    )
    yield opened
    context.close()
    assert complaints == []
