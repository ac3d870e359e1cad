"""The dashboard of customers: the site by its own roll-ups, money by currency, churn against its target."""

from dashboards.customers import below_target, dashboard


def expressions() -> dict[str, list[str]]:
    """Return the queries of each panel by its title."""
    panels = dashboard().build().panels or []
    return {
        panel.title: [target.expr for target in panel.targets] for panel in panels if panel.type_val != "row"
    }


def test_a_customer_of_two_products_counts_once() -> None:
    """Customers of the site are its roll-up, never a sum over products."""
    found = expressions()
    for title in ("Customers", "New", "Left", "Churn", "Retention"):
        assert all("support_all_window_" in each for each in found[title]), title
    for each in (each for queries in found.values() for each in queries):
        if each.startswith("sum"):
            assert "support_window_" not in each


def test_money_stands_by_currency() -> None:
    """Every query of the row, and its legend."""
    panels = dashboard().build().panels or []
    money = [panel for panel in panels if "revenue" in panel.title.lower() or "value" in panel.title.lower()]
    targets = [target for panel in money if panel.type_val != "row" for target in panel.targets]
    assert len(targets) > 5
    for target in targets:
        assert "by (currency" in target.expr
        assert "{{currency}}" in target.legend_format


def test_the_target_of_churn_is_for_thirty_days() -> None:
    """Whatever period is chosen above."""
    assert below_target() == (
        "max (support_churn_target_ratio) - "
        'max (max by (window) (support_all_window_churn_ratio{window="30d"}))'
    )
