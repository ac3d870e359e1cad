"""The dashboard of surveys: no score without its sample size or bounds, targets where there are any."""

from dashboards.quality import CSAT, NPS, TARGETS, dashboard, from_target


def expressions() -> dict[str, list[str]]:
    """Return the queries of each panel by its title."""
    panels = dashboard().build().panels or []
    return {
        panel.title: [target.expr for target in panel.targets] for panel in panels if panel.type_val != "row"
    }


def test_scores_stand_beside_their_bounds_and_targets() -> None:
    """NPS and CSAT of the site; the target as a dashed line."""
    found = expressions()
    for title, measure in (("NPS", NPS), ("CSAT", CSAT)):
        value, bounds, target = found[f"{title}, its bounds and target"]
        assert f"support_all_window_{measure}{{" in value
        assert f"support_all_window_{measure}_bound{{" in bounds
        assert target == f"max ({TARGETS[measure]})"


def test_the_table_has_sample_sizes() -> None:
    """Of the three surveys whose scores it shows."""
    text = " ".join(expressions()["Queue by queue"])
    for survey in ("nps", "csat", "ces"):
        assert f'survey="{survey}"' in text


def test_the_distance_to_a_target_needs_both() -> None:
    """A difference of two single numbers, neither of which is there without an answer or a target."""
    score = 'max (max by (window) (support_all_window_nps_score{window="$days"}))'
    assert from_target(NPS) == f"{score} - max (support_nps_target_score)"


def test_a_number_is_compared_with_its_own_past() -> None:
    """The same score over a week, a month and a quarter of a year."""
    (nps,) = expressions()["NPS over 7d, 30d, 90d"]
    assert 'window=~"7d|30d|90d"' in nps
