"""The supervisor's dashboard: every outcome and part of the handle time, and the targets as lines."""

from typing import Any

from dashboards.supervisor import OUTCOMES, dashboard


def lines(title: str) -> list[tuple[str, str]]:
    """Return expression and legend of every query of a panel."""
    found: list[Any] = [panel for panel in dashboard().build().panels or [] if panel.title == title]
    (panel,) = found
    return [(target.expr, target.legend_format) for target in panel.targets]


def test_outcomes_are_all_there() -> None:
    """What became of queue visits, as sums of the queues chosen."""
    assert [legend for _, legend in lines("Outcomes of queue visits")] == list(OUTCOMES)


def test_the_target_stands_beside_the_service_level() -> None:
    """For each queue its own."""
    (level, _), (target, legend) = lines("Service level and target")
    assert "support_window_service_level_ratio" in level
    assert target.startswith("max by (channel, queue) (support_service_level_target_ratio")
    assert legend == "target {{channel}} {{queue}}"


def test_parts_of_the_handle_time_are_those_of_the_site() -> None:
    """Means are not added over queues; talk, hold and wrap-up of one roll-up are."""
    found = lines("Parts of the handle time (mean of the site)")
    assert [legend for _, legend in found] == ["talk", "hold", "wrapup"]
    assert all("support_all_window_" in expression for expression, _ in found)
