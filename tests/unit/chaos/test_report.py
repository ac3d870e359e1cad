"""The page at the end, and whether it says passed."""

from collections import Counter
from typing import Any

from chaos.report import NEEDED_GUARDS, Report
from chaos.schedule import Kind

KINDS = (Kind.KILL, Kind.PAUSE)


def good(**changed: Any) -> Report:
    """Return the report of a run in which everything that was asked for happened."""
    verdict = {"records": 10, "compared": 5, "differences": [], "not_covered": [], "refused": {}}
    usual: dict[str, Any] = {
        "seed": 7,
        "asked": 16,
        "kinds": KINDS,
        "is_full": True,
        "hits": Counter({Kind.KILL: 8, Kind.PAUSE: 8}),
        "behind": [3, 1, 2],
        "guards": Counter(dict.fromkeys(NEEDED_GUARDS, 1)),
        "verdicts": [("at the end", verdict)],
    }
    return Report(**usual | changed)


def test_a_good_run_passes() -> None:
    """The page names the seed, each kind, the guards and what was compared."""
    text = good().text()
    assert good().problems() == []
    assert text.endswith("passed")
    for part in ("seed 7", "8 kill -9", "late_writer 1", "5 numbers, 0 differ", "median 2, most 3"):
        assert part in text


def test_whatever_is_missing_fails_the_run() -> None:
    """A number that differs, one not covered, a kind too rare, a guard without work, too few faults."""
    verdict = {
        "records": 1,
        "compared": 1,
        "differences": [{"name": "x"}],
        "not_covered": [{}],
        "refused": {},
    }
    bad = good(
        verdicts=[("at the end", verdict)],
        hits=Counter({Kind.KILL: 8, Kind.PAUSE: 7}),
        guards=Counter({"fence": 1}),
    )
    assert len(bad.problems()) == 2 + 1 + 1 + 4
    assert bad.text().endswith("failed")


def test_a_short_run_needs_its_faults_and_its_numbers_only() -> None:
    """It cannot promise that each guard has work."""
    assert good(is_full=False, guards=Counter(), asked=16).problems() == []
    assert len(good(is_full=False, asked=17).problems()) == 1
