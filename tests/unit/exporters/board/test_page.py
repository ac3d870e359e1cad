"""The page: self-contained, small, allowed by hash, and in the words of the floor."""

import base64
import hashlib
import html.parser
import json
import re
from typing import Any

import pytest

from aggregators.catalogue import metric_named
from exporters.board.page import PAGES, BoardSite, PageKind, board_page
from exporters.board.shown import COLUMNS
from testbed.project_files import PROJECT

ASSETS = PROJECT / "exporters" / "board" / "assets"
NASTY = "</script><script>alert(1)</script><!--"


class Blocks(html.parser.HTMLParser):
    """The contents of style and script elements, and every address that the page would load."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.inside = ""
        self.found: dict[str, list[str]] = {"style": [], "script": [], "data": []}
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what begins."""
        stated = dict(attrs)
        self.inside = "data" if stated.get("type") == "application/json" else tag
        loads = {"src", "srcset", "poster"} if tag != "link" else {"href"}
        self.loaded += [value or "" for name, value in attrs if name in loads]
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        """Keep the text of the blocks."""
        if self.inside in self.found and data.strip():
            self.found[self.inside].append(data)


def settings_of(text: str) -> dict[str, Any]:
    """Return the block of data."""
    (block,) = Blocks(text).found["data"]
    found: dict[str, Any] = json.loads(block)
    return found


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.name)
def test_it_is_below_sixty_kilobytes_and_loads_nothing(kind: PageKind) -> None:
    """Each page; its icon is inside it."""
    page = board_page(BoardSite("A support centre", "Europe/Berlin"), kind)
    assert len(page.plain) < 60_000
    assert all(address.startswith("data:") for address in Blocks(page.plain.decode()).loaded)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page.plain.decode())


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.name)
def test_the_policy_allows_exactly_its_style_and_script(kind: PageKind) -> None:
    """By hash; nothing is unsafe, nothing comes from elsewhere."""
    page = board_page(BoardSite("Berlin"), kind)
    found = Blocks(page.plain.decode()).found
    for block in ("style", "script"):
        (text,) = found[block]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{block}-src 'sha256-{digest}'" in page.policy
    assert page.policy.startswith("default-src 'none'; ")
    assert "unsafe" not in page.policy


def test_a_name_cannot_become_script() -> None:
    """Whatever a site is called, it stays data."""
    text = board_page(BoardSite(NASTY)).plain.decode()
    assert settings_of(text)["site"] == NASTY
    assert len(Blocks(text).found["script"]) == 1


def test_a_page_that_differs_has_another_revision() -> None:
    """A board that is open notices that another program answers."""
    one, other = board_page(BoardSite("Berlin")), board_page(BoardSite("Hamburg"))
    assert one.revision == board_page(BoardSite("Berlin")).revision != other.revision
    assert settings_of(one.plain.decode())["revision"] == one.revision


@pytest.mark.parametrize(
    ("windows", "shown", "day"),
    [(("5m", "30m", "today"), "30m", "today"), (("15m", "1h"), "15m", None)],
)
def test_it_shows_a_window_that_there_is(windows: tuple[str, ...], shown: str, day: str | None) -> None:
    """Half an hour, else the first; the day only where there is one."""
    settings = settings_of(board_page(BoardSite(windows=windows)).plain.decode())
    assert (settings["window"], settings["day"]) == (shown, day)


def test_a_page_without_windows_is_named_on_no_other() -> None:
    """Where the horizon of customers is that of two days, say."""
    site = BoardSite("Berlin", survey_windows=("1d",), customer_windows=())
    settings = settings_of(board_page(site).plain.decode())
    assert settings["pages"] == {"floor": "/", "quality": "/quality"}


def test_every_script_is_in_the_page_once() -> None:
    """And none is forgotten in the folder."""
    assert {path.name for path in ASSETS.glob("*.js")} == {
        script for kind in PAGES for script in kind.scripts
    }
    assert all(len(set(kind.scripts)) == len(kind.scripts) for kind in PAGES)


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.name)
def test_the_columns_are_all_there_in_their_order(kind: PageKind) -> None:
    """As the script takes them apart."""
    settings = settings_of(board_page(BoardSite(), kind).plain.decode())
    found: list[str] = []
    for group in settings["columns"]:
        short, *own = group.split(":")
        found += [f"{short}.{each}" for each in own] or [short]
    assert tuple(found) == (COLUMNS if kind.sheet is None else kind.sheet.columns)


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.name)
def test_comments_stay_in_the_source(kind: PageKind) -> None:
    """The page has the statements alone."""
    assert "//" not in re.sub(r"https?://", "", board_page(BoardSite(), kind).plain.decode())


def keys_of(block: str) -> set[str]:
    """Return the names of all texts in the block of a language."""
    return set(re.findall(r"(\w+): ", re.sub(r'"[^"]*"|`[^`]*`', "text", block)))


@pytest.mark.parametrize(
    ("key", "metric"),
    [
        ("service_level", "support_window_service_level_ratio"),
        ("blocked", "support_window_blocked"),
        ("open", "support_open_cases"),
        ("asa", "support_window_answer_seconds"),
        ("frt", "support_window_first_response_seconds"),
        ("aht", "support_window_handle_seconds"),
        ("resolution", "support_window_resolution_seconds"),
        ("resolution_ratio", "support_window_resolution_ratio"),
    ],
)
def test_german_words_are_those_of_the_floor(key: str, metric: str) -> None:
    """As the catalogue has them."""
    first = re.search(
        rf'\b{key}: "([^"]*)"', (ASSETS / "floor_texts.js").read_text("utf-8").partition("\n  de:")[2]
    )
    assert first is not None
    assert first[1] in metric_named(metric).term.split(", ")


TITLES = (
    "nps effort csat review emotion answers churn retention renewal referral "
    "upsell conversion carts returning purchases engagement lifetime"
)
"""German titles of the pages of surveys and customers are the catalogue's own."""
PLAIN_WORDS = {"available", "break", "offline", "ringing", "trunk", "network", "other"}
CHANNELS = {"phone", "chat", "email", "web", "social", "messaging", "sms"}


@pytest.mark.parametrize(
    ("file", "english_only", "german_only"),
    [
        ("texts.js", set(), set()),
        ("floor_texts.js", set(), PLAIN_WORDS | CHANNELS),
        # Of these words each is a title in English, and some are words of a table in both languages.
        ("loyal_texts.js", set(TITLES.split()), set()),
        ("quality_texts.js", set(), set()),
        ("customers_texts.js", set(), set()),
    ],
)
def test_both_languages_have_the_same_words(file: str, english_only: set[str], german_only: set[str]) -> None:
    """Nothing is forgotten in one of them; English uses the value of a label where it is a word."""
    text = (ASSETS / file).read_text("utf-8")
    english, german = text.partition("\n  en: {")[2].split("\n  de: {")
    assert keys_of(english) - keys_of(german) <= english_only
    assert keys_of(german) - keys_of(english) == german_only


def test_every_title_has_a_german_term_in_the_catalogue() -> None:
    """What a page looks up by the beginning of a column is there, and its German term, too."""
    found = 0
    for each in PAGES[1:]:
        assert each.sheet is not None
        known = each.sheet.catalogue
        for short in re.findall(r'"([a-z_]+)"', (ASSETS / f"{each.name}.js").read_text("utf-8")):
            if short in known:
                assert known[short].german, short
                found += 1
    assert found > 15
