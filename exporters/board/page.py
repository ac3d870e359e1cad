r"""The board's pages, each self-contained: markup, style and scripts joined once, and the policy that fits.

Guarantee: the page loads nothing from anywhere but this server's numbers: style and script are inline and
allowed by their hash alone, so nothing that a name of a queue may hold can run. What the page knows of the
site is a block of data, not of script.

Worked: the page of a site called </script> holds "\u003c/script>" and the policy
"default-src 'none'; script-src 'sha256-…'; …".
Cost: read when it is made; each below 60 kB, a quarter of it compressed.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Iterable
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from typing import Final

from msgspec import Struct, json
from msgspec.structs import replace

from aggregators.customer_windows import CUSTOMER_DAYS, LAST, MONTHS
from aggregators.survey_windows import SURVEY_DAYS
from exporters.board.sheets import CUSTOMERS, QUALITY, Sheet
from exporters.board.shown import COLUMNS, Described, described
from exporters.board.slimming import slim_lines, slim_script, slim_style
from exporters.board.table import DAY


class PageKind(Struct, frozen=True):
    """One page of the board.

    scripts: in the order in which one needs the other; path: where it is; lists: what can be chosen in its
    address beside window and looks; sheet: its numbers, None for the floor, whose table is
    `exporters.board.table`.
    """

    name: str
    path: str
    lists: tuple[str, ...]
    scripts: tuple[str, ...]
    styles: tuple[str, ...] = ("style.css",)
    sheet: Sheet | None = None


def _loyal(name: str, lists: tuple[str, ...], sheet: Sheet) -> PageKind:
    """Return a page of surveys or customers, which differ in their words and their tiles."""
    shared = ("loyal_texts.js", "format.js", "elements.js", "reading.js", "sheet.js", "tile.js", "loyal.js")
    scripts = ("texts.js", f"{name}_texts.js", *shared, "connection.js", f"{name}.js", "frame.js")
    return PageKind(name, f"/{name}", lists, scripts, ("style.css", "loyal.css"), sheet)


FLOOR: Final = PageKind(
    "floor",
    "/",
    ("queues", "channels"),
    (
        "texts.js",
        "floor_texts.js",
        "format.js",
        "numbers.js",
        "elements.js",
        "explain.js",
        "tiles.js",
        "tile.js",
        "queues.js",
        "connection.js",
        "past.js",
        "floor.js",
        "frame.js",
    ),
)
PAGES: Final = (
    FLOOR,
    _loyal("quality", ("queues",), QUALITY),
    _loyal("customers", ("products",), CUSTOMERS),
)
"""Every page, in the order in which they are named on each."""


class BoardSite(Struct, frozen=True):
    """What the board shows of the configuration.

    name: of the site; time_zone: IANA; windows: labels in their configured order; is_event_clock: whether
    "now" is the newest event instead of the wall clock; has_past: whether this process tells of past
    moments; survey_windows, customer_windows: those that the horizon holds.
    """

    name: str = ""
    time_zone: str = "UTC"
    windows: tuple[str, ...] = ("5m", "15m", "30m", "1h", DAY)
    is_event_clock: bool = False
    has_past: bool = False
    survey_windows: tuple[str, ...] = tuple(SURVEY_DAYS)
    customer_windows: tuple[str, ...] = (*CUSTOMER_DAYS, *MONTHS, *(LAST + label for label in MONTHS))

    def windows_of(self, kind: PageKind) -> tuple[str, ...]:
        """Return the windows that a page can show."""
        return {"quality": self.survey_windows, "customers": self.customer_windows}.get(
            kind.name, self.windows
        )

    def window_of(self, kind: PageKind) -> str:
        """Return the window shown unless the address names another one: half an hour, a month, or the first.

        A page without any window is named on no other page.
        """
        windows = self.windows_of(kind)
        return next((each for each in ("30m", "30d") if each in windows), next(iter(windows), ""))


class BoardPage(Struct, frozen=True):
    """The page as it is sent; revision: differs where anything of it differs."""

    plain: bytes
    compressed: bytes
    policy: str
    revision: str


def board_page(site: BoardSite, kind: PageKind = FLOOR) -> BoardPage:
    """Return a page of a site."""
    style, script = _style_of(kind), _script_of(kind)
    knows: dict[str, object] = {
        "page": kind.name,
        "pages": {each.name: each.path for each in PAGES if site.windows_of(each)},
        "lists": kind.lists,
        "site": site.name,
        "time_zone": site.time_zone,
        "windows": site.windows_of(kind),
        "window": site.window_of(kind),
        "day": DAY if DAY in site.windows_of(kind) else None,
        "event_clock": site.is_event_clock,
        "past": site.has_past and kind is FLOOR,
        "columns": _grouped(COLUMNS if kind.sheet is None else kind.sheet.columns),
        "catalogue": _catalogue() if kind.sheet is None else kind.sheet.catalogue,
    }
    if kind.sheet is not None:
        knows["places"] = kind.sheet.places
    revision = hashlib.sha256(_MARKUP.encode() + style.encode() + script.encode() + json.encode(knows))
    name = revision.hexdigest()[:16]
    # In a block of data, too, "</script" would end it.
    data = json.encode({**knows, "revision": name}).decode().replace("<", "\\u003c")
    markup, _, rest = _MARKUP.partition("/*style*/")
    middle, _, rest = rest.partition("/*settings*/")
    after, _, end = rest.partition("/*script*/")
    page = f"{markup}{style}{middle}{data}{after}{script}{end}".encode()
    return BoardPage(page, gzip.compress(page, mtime=0), _policy(style, script), name)


def _grouped(columns: Iterable[str]) -> list[str]:
    """Return columns in short, in order: `agents.break` and `agents.ringing` are `agents:break:ringing`."""
    groups = groupby((column.partition(".") for column in columns), key=itemgetter(0))
    return [":".join((short, *(own for _, _, own in parts if own))) for short, parts in groups]


def _catalogue() -> dict[str, Described]:
    """Return what the floor's page says of its metrics.

    Most are called `support_window_` and what their columns begin with: their name is left out.
    """
    return {
        short: replace(told, metric="") if told.metric == f"support_window_{short}" else told
        for short, told in described().items()
    }


def _read(name: str) -> str:
    return (files("exporters.board") / "assets" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


_MARKUP: Final = slim_lines(_read("page.html"))


def _style_of(kind: PageKind) -> str:
    return slim_style("".join(map(_read, kind.styles)))


def _script_of(kind: PageKind) -> str:
    return slim_script('"use strict";\n(() => {\n' + "".join(map(_read, kind.scripts)) + "})();\n")


def _policy(style: str, script: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'sha256-{_hash(script)}'",
            f"style-src 'sha256-{_hash(style)}'",
            "connect-src 'self'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
