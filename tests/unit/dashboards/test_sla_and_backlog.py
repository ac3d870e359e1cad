"""The dashboard of promises: shares from counts, deadlines as moments, targets from the configuration."""

from typing import Any

from dashboards.panels import MOMENT
from dashboards.sla_and_backlog import dashboard, kept_share


def panels() -> dict[str, Any]:
    """Return the panels by title."""
    return {str(panel.title): panel for panel in dashboard().build().panels or []}


def test_the_share_of_kept_promises_is_computed_from_counts() -> None:
    """Kept / (kept + broken), absent where there was neither."""
    text = kept_share()
    assert text.count("support_window_sla_met") == 2
    assert text.count("support_window_sla_breached") == 1
    assert text.endswith("> 0)")


def test_the_next_deadline_is_a_moment_in_milliseconds() -> None:
    """Prometheus has seconds, Grafana's moments are milliseconds."""
    panel = panels()["Next deadline"]
    assert panel.field_config.defaults.unit == MOMENT
    assert panel.targets[0].expr.startswith("1000 * min (support_sla_next_breach_timestamp_seconds{")


def test_targets_are_lines_from_the_configuration() -> None:
    """Of cases with normal priority."""
    for title, sla in (
        ("First response (median) and target", "first_response"),
        ("Resolution (median) and target", "resolution"),
    ):
        target = panels()[title].targets[1]
        assert f'sla="{sla}", priority="normal"' in target.expr
        assert target.legend_format.startswith("target ")
