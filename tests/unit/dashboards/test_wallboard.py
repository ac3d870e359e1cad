"""The wallboard: totals of the site from roll-ups, ratios of the queues chosen from summed counts."""

from dashboards.wallboard import abandonment, below_target, dashboard, distance_to_target


def test_the_share_who_gave_up_is_computed_from_counts() -> None:
    """Abandoned / (answered + abandoned + exited), absent where nothing had an outcome."""
    text = abandonment()
    assert text.startswith("sum (max by (channel, queue, window) (support_window_abandoned{")
    assert text.endswith("> 0)")
    assert "ratio" not in text


def test_targets_are_metrics() -> None:
    """No limit of a site is written into the dashboard."""
    for text in (distance_to_target(), below_target()):
        assert "support_window_service_level_ratio" in text
        assert "support_service_level_target_ratio" in text


def test_the_site_is_read_from_roll_ups() -> None:
    """Where a panel says so, it reads support_all_window_…, which has neither channel nor queue."""
    panels = dashboard().build().panels or []
    site = [panel for panel in panels if "The whole site" in (getattr(panel, "description", "") or "")]
    assert [panel.title for panel in site] == [
        "Service level",
        "Speed of answer (mean)",
        "First response (mean)",
    ]
