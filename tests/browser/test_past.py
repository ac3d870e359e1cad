"""The board as known now about then, in a real Chromium: a slider, a drag, the keyboard, the address."""

import json
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from aggregators.ledger import PartitionLedger
from exporters.http_server import PAST_PATH
from exporters.live_json import View
from exporters.pipeline_status import PartitionStatus
from streams.live_view import LiveView
from streams.past_view import PastView
from testbed.project_files import PROJECT
from tests.browser.wall import Wall
from tests.building import at, call, configured
from tests.building_views import WATCHED
from tests.fleet_owner import Share

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

SCREENSHOTS = PROJECT / "build" / "screenshots"
SOON = 5_000
NOW = "11:00:05"
SITE = configured({"service_level": {"phone": {"threshold": "20s", "target": 0.8}}})
KNOWN_NOW = re.compile(r"as of 10:15, as known now")


def owner() -> Share:
    """Return a worker with a call every minute since ten: answered in time until half past, then too late."""
    ledgers = {(topic, 0): PartitionLedger(topic, SITE) for topic in WATCHED}
    events = []
    for minute in range(60):
        wait = 8 if minute < 30 else 48
        events += [
            call("offered", f"10:{minute:02}:00", case=f"c{minute}", queue="sales"),
            call("answered", f"10:{minute:02}:{wait:02}", case=f"c{minute}"),
        ]
    ledgers["calls", 0].fold(events, len(events))
    return Share(ledgers, dict.fromkeys(WATCHED, 1))


@pytest.fixture(scope="module")
def wall() -> Iterator[Wall]:
    """Give the board of that worker at eleven, which is served with its past."""
    share = owner()
    statuses = [PartitionStatus(topic, 0, "live", 0, 0) for topic in WATCHED]
    view: View = LiveView(SITE).at(share.ledgers, statuses, at(NOW))
    with Wall(answers={PAST_PATH: PastView(SITE, share, lambda: view).answer}) as served:
        served.keep_showing(view)
        yield served


def back(page: Page, minutes: int) -> None:
    """Move the slider so many minutes back from eleven, by the keyboard."""
    page.locator("#past-at").focus()
    for _ in range(minutes):
        page.keyboard.press("ArrowLeft")


def shows(page: Page, tile: str, number: str) -> None:
    """Expect the big number of a tile."""
    expect(page.locator(f"#tile-{tile} .big")).to_have_text(
        re.compile(rf"(?<!\d){number}(?!\d)"), timeout=SOON
    )


def test_by_the_keyboard_to_then_and_back(wall: Wall, page: Page) -> None:
    """At 10:15 sixteen calls had come, all in time; how things stood is not told; Escape leads back."""
    page.goto(wall.url)
    shows(page, "answered", "30")
    expect(page.locator("#tile-service_level .big")).to_have_text(re.compile(r"(?<!\d)0\s*%"))
    back(page, 45)
    expect(page.locator("#as-of")).to_have_text(KNOWN_NOW, timeout=SOON)
    shows(page, "answered", "16")
    expect(page.locator("#tile-service_level .big")).to_have_text(re.compile("100"))
    expect(page.locator("#link")).to_contain_text("PAST")
    expect(page.locator("#range")).to_contain_text("30m")
    assert page.locator("#past-at").get_attribute("aria-valuetext") == "10:15 (45 min ago)"
    for tile in ("waiting", "longest", "open", "agents"):
        told = page.locator(f"#tile-{tile}").inner_text()
        assert "not kept for past moments" in told
        assert not re.search(r"\d", told.split("last")[0])
    assert page.locator("html[data-past]").count() == 1
    page.keyboard.press("Escape")
    shows(page, "answered", "30")
    expect(page.locator("#as-of")).not_to_contain_text("known now")
    assert page.locator("html[data-past]").count() == 0
    assert page.locator("#past-now").is_hidden()


def test_the_address_keeps_the_moment(wall: Wall, page: Page) -> None:
    """Sent to somebody else it shows the same, in German, too; a click asks about that window."""
    page.goto(f"{wall.url}?lang=de&at=2026-03-02T10:15:00.000Z")
    expect(page.locator("#as-of")).to_have_text(re.compile("Stand 10:15, nach heutigem Wissen"), timeout=SOON)
    shows(page, "answered", "16")
    expect(page.locator("#link")).to_contain_text("VERGANGEN")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#tile-answered button.number").click()
    expect(page.locator("#explain")).to_be_visible()
    assert any("2026-03-02T09%3A45%3A10.000Z..2026-03-02T10%3A15%3A10.000Z" in url for url in asked), asked
    page.keyboard.press("Escape")
    expect(page.locator("#as-of")).to_contain_text("10:15")
    page.locator("#past-now").click()
    shows(page, "answered", "30")
    assert "at=" not in page.url
    expect(page.locator("#past-at")).to_be_focused()


def test_a_drag_along_a_sparkline_goes_to_its_minute(wall: Wall, page: Page) -> None:
    """The line ends now, on the right; a quarter of it is a quarter of an hour; a mark shows where one is."""
    page.goto(wall.url)
    shows(page, "answered", "30")
    box = page.locator("#tile-service_level .spark").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 10, steps=5)
    page.mouse.up()
    expect(page.locator("#as-of")).to_have_text(re.compile(r"as of 10:1[456], as known now"), timeout=SOON)
    expect(page.locator("#tile-service_level .spark .then")).to_have_count(1)
    assert "at=2026-03-02T10%3A1" in page.url


def test_too_far_back_says_what_is_kept(wall: Wall, page: Page) -> None:
    """In words, with the numbers gone rather than wrong."""
    page.goto(f"{wall.url}?at=2026-02-20T10:00:00Z&window=30m")
    expect(page.locator("#link")).to_contain_text("is not kept any more", timeout=SOON)
    page.keyboard.press("Escape")
    expect(page.locator("#link")).to_contain_text("live", timeout=SOON)


@pytest.mark.parametrize(("size", "width", "height"), [("1080p", 1920, 1080), ("phone", 390, 844)])
def test_it_fits_and_is_accessible(wall: Wall, page: Page, size: str, width: int, height: int) -> None:
    """axe-core has no complaint; the pictures are kept."""
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{wall.url}?theme=dark&lang=en&at=2026-03-02T10:15:00.000Z")
    expect(page.locator("#as-of")).to_have_text(KNOWN_NOW, timeout=SOON)
    shows(page, "answered", "16")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"past-{size}.png", full_page=size == "phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.response["violations"] == [], json.dumps(found.response["violations"], indent=1)[:3_000]
