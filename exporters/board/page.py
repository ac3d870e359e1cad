r"""The board as one self-contained page: markup, style and scripts joined once, and the policy that fits.

Guarantee: the page loads nothing from anywhere but this server's numbers: style and script are inline and
allowed by their hash alone, so nothing that a name of a queue may hold can run. What the page knows of the
site is a block of data, not of script.

Worked: the page of a site called </script> holds "\u003c/script>" and the policy
"default-src 'none'; script-src 'sha256-…'; …".
Cost: read when the module is imported; below 60 kB, a quarter of it compressed.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
from importlib.resources import files
from typing import Final

from msgspec import Struct, json

from exporters.board.shown import COLUMNS, described
from exporters.board.slimming import slim_lines, slim_script, slim_style
from exporters.board.table import DAY

SCRIPTS: Final = (
    "texts.js",
    "format.js",
    "numbers.js",
    "elements.js",
    "explain.js",
    "tiles.js",
    "queues.js",
    "connection.js",
    "past.js",
    "board.js",
)
"""In the order in which one needs the other."""


class BoardSite(Struct, frozen=True):
    """What the board shows of the configuration.

    name: of the site; time_zone: IANA; windows: labels in their configured order; is_event_clock: whether
    "now" is the newest event instead of the wall clock; has_past: whether this process tells of past moments.
    """

    name: str = ""
    time_zone: str = "UTC"
    windows: tuple[str, ...] = ("5m", "15m", "30m", "1h", DAY)
    is_event_clock: bool = False
    has_past: bool = False

    @property
    def window(self) -> str:
        """The window shown unless the address names another one: half an hour, or the first."""
        return "30m" if "30m" in self.windows else self.windows[0]


class BoardPage(Struct, frozen=True):
    """The page as it is sent; revision: differs where anything of it differs."""

    plain: bytes
    compressed: bytes
    policy: str
    revision: str


def board_page(site: BoardSite) -> BoardPage:
    """Return the page of a site."""
    knows = {
        "site": site.name,
        "time_zone": site.time_zone,
        "windows": site.windows,
        "window": site.window,
        "day": DAY if DAY in site.windows else None,
        "event_clock": site.is_event_clock,
        "past": site.has_past,
        "columns": COLUMNS,
        "catalogue": described(),
    }
    revision = hashlib.sha256(_MARKUP.encode() + _STYLE.encode() + _SCRIPT.encode() + json.encode(knows))
    name = revision.hexdigest()[:16]
    # In a block of data, too, "</script" would end it.
    data = json.encode({**knows, "revision": name}).decode().replace("<", "\\u003c")
    markup, _, rest = _MARKUP.partition("/*style*/")
    middle, _, rest = rest.partition("/*settings*/")
    after, _, end = rest.partition("/*script*/")
    page = f"{markup}{_STYLE}{middle}{data}{after}{_SCRIPT}{end}".encode()
    return BoardPage(page, gzip.compress(page, mtime=0), _POLICY, name)


def _read(name: str) -> str:
    return (files("exporters.board") / "assets" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


_MARKUP: Final = slim_lines(_read("page.html"))
_STYLE: Final = slim_style(_read("style.css"))
_SCRIPT: Final = slim_script('"use strict";\n(() => {\n' + "".join(map(_read, SCRIPTS)) + "})();\n")
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        f"script-src 'sha256-{_hash(_SCRIPT)}'",
        f"style-src 'sha256-{_hash(_STYLE)}'",
        "connect-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
