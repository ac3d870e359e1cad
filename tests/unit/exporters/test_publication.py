"""Publication: whole ticks, rendered once, and honest about being old."""

from __future__ import annotations

import gzip

from exporters.publication import Page, Publication


class Clock:
    """A clock that is set by hand, in seconds."""

    now = 100.0

    def __call__(self) -> float:
        """Return the time that was set."""
        return self.now


def test_a_page_is_rendered_once_and_only_when_asked() -> None:
    """Nobody asked: nothing rendered. Asked three times, plain and compressed: rendered once."""
    rendered: list[int] = []

    def render() -> bytes:
        rendered.append(1)
        return b"page"

    page = Page(render)
    assert not rendered
    assert [page.plain(), gzip.decompress(page.compressed()), page.plain()] == [b"page"] * 3
    assert len(rendered) == 1


def test_equal_pages_have_equal_compressed_bytes() -> None:
    """No time of day is in the header."""
    assert Page(lambda: b"page").compressed() == Page(lambda: b"page").compressed()


def test_nothing_is_ready_before_the_first_tick() -> None:
    """The reason is said in words."""
    publication = Publication(clock=Clock(), stale_after_seconds=5)
    assert publication.reasons_not_ready() == ["no numbers yet: the program is starting"]
    assert publication.metrics is None
    assert publication.live is None


def test_an_update_replaces_all_pages_at_once() -> None:
    """After the second tick nothing of the first is served."""
    publication = Publication(clock=Clock(), stale_after_seconds=5)
    publication.update(b"one", lambda: b"{1}", ["calls/0 is recovering"])
    assert publication.reasons_not_ready() == ["calls/0 is recovering"]
    publication.update(b"two", lambda: b"{2}", [])
    assert publication.metrics is not None
    assert publication.live is not None
    assert (publication.metrics.plain(), publication.live.plain()) == (b"two", b"{2}")
    assert publication.reasons_not_ready() == []


def test_numbers_that_are_too_old_are_not_ready() -> None:
    """Exactly at the limit they still are; later the age is named."""
    clock = Clock()
    publication = Publication(clock=clock, stale_after_seconds=5)
    publication.update(b"", lambda: b"", [])
    clock.now += 5
    assert publication.reasons_not_ready() == []
    clock.now += 2
    assert publication.reasons_not_ready() == ["the numbers are 7 s old"]
