"""The board's pages of surveys and customers in a real Chromium: what they say, and what they do not."""

import json
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from exporters.live_json import View
from tests.browser.test_board import SCREENSHOTS, SIZES
from tests.browser.wall import Wall
from tests.building import at
from tests.building_views import view_at
from tests.loyalty import loyal_events

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

NOW = "2026-03-28T12:00:00"
SOON = 20_000
"""Milliseconds: generous, for a busy machine."""
TARGETS = {
    "surveys": {"nps_target": 40, "csat_target": 0.75},
    "customers": {"churn_target": 0.03},
}
PAGES = ("quality", "customers")


@pytest.fixture(scope="module")
def loyal() -> View:
    """Give the view of a centre with surveys and customers."""
    return view_at(NOW, loyal_events(at(NOW)), configuration=TARGETS)


@pytest.fixture(scope="module")
def wall(loyal: View) -> Iterator[Wall]:
    """Give a board that shows it again and again."""
    with Wall() as served:
        served.keep_showing(loyal)
        yield served


def told(page: Page, tile: str) -> str:
    """Return what a tile says, once it says a number."""
    expect(page.locator(f"#tile-{tile} .number:visible").first).to_have_text(re.compile(r"\d"), timeout=SOON)
    return page.locator(f"#tile-{tile}").inner_text().replace("\u00a0", " ")


def test_a_score_stands_beside_its_answers_its_bounds_and_its_past(wall: Wall, page: Page) -> None:
    """NPS of 30 days, every window with its own number of answers, the target and whether it is met."""
    page.goto(f"{wall.url}quality?lang=en")
    nps = told(page, "nps")
    assert "n = " in nps
    assert re.search(r"95 %: [+−-]?\d+ to [+−-]?\d+", nps), nps
    assert "target +40" in nps
    assert "below target" in nps
    for window in ("today", "7 days", "30 days", "90 days"):
        assert f"{window} (n = " in nps
    assert "mean " in told(page, "csat")
    assert "5 is easy" in told(page, "effort")
    line = page.locator("#queues tbody tr").first
    expect(line).to_contain_text("sales", timeout=SOON)
    assert "n = " in line.inner_text()


def test_money_stands_by_currency_and_churn_beside_its_counts(wall: Wall, page: Page) -> None:
    """Euros and francs have a column each, as their people write them; five of the 90 left."""
    page.goto(f"{wall.url}customers?lang=en&window=30d")
    assert "5 left, 90 at the start" in told(page, "churn")
    assert "5.6 %" in told(page, "churn")
    assert "above target" in told(page, "churn")
    revenue = told(page, "revenue")
    assert "EUR" in revenue
    assert "CHF" in revenue
    assert re.search(r"€\d+(,\d{3})*\.\d\d", revenue), revenue
    assert "3 of 8 new" in told(page, "referral")


def test_german_titles_are_those_of_the_catalogue(wall: Wall, page: Page) -> None:
    """And numbers are written as there."""
    page.goto(f"{wall.url}quality?lang=de")
    assert "Weiterempfehlungswert (NPS)" in told(page, "nps")
    assert "Ziel +40" in told(page, "nps")
    expect(page).to_have_title("Berlin · Qualität")
    expect(page.locator("#pages")).to_contain_text("Kunden")
    page.locator("#pages a", has_text="Kunden").click()
    assert "Verlängerungsquote" in told(page, "renewal")
    assert "lang=de" in page.url
    assert re.search(r"\d+,\d\d €", told(page, "revenue"))


def test_a_number_explains_itself(wall: Wall, page: Page) -> None:
    """Definition, formula, a good value, a trap; Escape closes."""
    page.goto(f"{wall.url}quality?lang=en")
    told(page, "nps")
    page.locator("#tile-nps .big button").focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#explain")
    expect(dialog).to_contain_text("Promoters 9–10")
    expect(dialog).to_contain_text("Reichheld")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_one_queue_can_be_chosen_and_a_window(wall: Wall, page: Page) -> None:
    """The tiles are of that queue; the address says so. Without a stream the page asks every second."""
    page.route("**/api/v1/stream*", lambda route: route.abort())
    page.goto(f"{wall.url}quality?queues=service&window=7d&lang=en")
    assert "n = 24" in told(page, "nps")
    expect(page.locator("#scope")).to_have_text("service")
    expect(page.locator("#range")).to_have_text("7 days")
    assert page.locator("#queues tbody tr").count() == 1


@pytest.mark.parametrize("name", PAGES)
def test_without_answers_or_customers_there_is_no_number(chromium: Browser, name: str) -> None:
    """No answers is not 0, and the page says what it waits for."""
    with Wall() as empty:
        empty.keep_showing(view_at(NOW))
        opened = chromium.new_page()
        opened.goto(f"{empty.url}{name}?lang=en")
        expect(opened.locator("#queues-more")).to_contain_text("yet", timeout=SOON)
        for number in opened.locator("#tiles .number").all_inner_texts():
            assert not re.search(r"\d", number.removeprefix(number.partition("\n")[0])), number
        opened.close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("size", "theme"), [("1080p", "dark"), ("4k", "light"), ("phone", "light")])
def test_it_fits_and_is_accessible(wall: Wall, page: Page, name: str, size: str, theme: str) -> None:
    """axe-core has no complaint, nothing lies beside the screen; the pictures are kept."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    language = "de" if size == "phone" else "en"
    page.goto(f"{wall.url}{name}?theme={theme}&lang={language}")
    told(page, "nps" if name == "quality" else "churn")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}-{size}-{theme}.png", full_page=size == "phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.response["violations"] == [], json.dumps(found.response["violations"], indent=1)[:3_000]
