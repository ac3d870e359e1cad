"""The dashboard of customers: who comes, stays and leaves, what that is worth, what they do in the shop.

Guarantee: numbers of the site are the catalogue's roll-ups, because a customer of two products is one
customer; currencies stand beside each other and are never added. Money is in minor units, as the catalogue
has it: 990 EUR are 9.90 EUR, 990 JPY are 990 JPY.
"""

from __future__ import annotations

from collections.abc import Sequence

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.frame import customer_variables, framed
from dashboards.panels import (
    COUNT,
    DISTANCE_TO_TARGET,
    TARGET,
    Column,
    Look,
    Panel,
    stat_panel,
    table_panel,
    time_panel,
)
from dashboards.queries import current, largest, total

NAME = "customers"
PRODUCT, CURRENCY, PART = "{{product}}", "{{currency}}", "{{part}}"
CHURN, CHURN_TARGET = "support_all_window_churn_ratio", "support_churn_target_ratio"
TARGET_WINDOW = "30d"
"""The target is for 30 days, whatever period is chosen."""
SITE = Look(note="The whole site, whatever is chosen above.")
MONEY = Look(note="The whole site, in minor units of each currency.")
MOVED = ("new", "expanded", "contracted", "cancelled")


def dashboard() -> Dashboard:
    """Return the dashboard of customers."""
    return framed(
        NAME,
        "Customers",
        "Who comes, stays and leaves, what that means for revenue, and what customers do in the shop.",
        {
            "Now": _now(),
            "Coming and leaving": _movement(),
            "Products": [_products()],
            "Revenue": _revenue(),
            "Renewals and sales": _sales(),
            "Shop": _shop(),
        },
        customer_variables(),
    )


def below_target() -> str:
    """Return how far the churn of 30 days is below its target; absent without a target or customers."""
    return f"{largest(CHURN_TARGET)} - max ({current(CHURN, window=TARGET_WINDOW)})"


def of_site(part: str) -> str:
    """Return a count behind the ratios of the whole site."""
    return total("support_all_window_customer_parts", part=part)


def _now() -> Sequence[Panel]:
    return [
        stat_panel("Customers", of_site("at_end"), SITE),
        stat_panel("New", of_site("new"), SITE),
        stat_panel("Left", total("support_all_window_customers_lost"), SITE),
        stat_panel("Churn", current(CHURN), Look(note=SITE.note, empty="no customers at the start")),
        stat_panel(
            "Churn below target",
            below_target(),
            Look(
                steps=DISTANCE_TO_TARGET,
                note=f"The target less the churn of the last {TARGET_WINDOW}, of the whole site.",
                empty="no target or no customers at the start",
            ),
        ),
        stat_panel(
            "Retention",
            current("support_all_window_retention_ratio"),
            Look(note=SITE.note, empty="no customers at the start"),
        ),
    ]


def _movement() -> Sequence[Panel]:
    return [
        time_panel(
            f"Churn over {TARGET_WINDOW} and target",
            [
                (current(CHURN, window=TARGET_WINDOW), "site"),
                (current("support_window_churn_ratio", ("product",), window=TARGET_WINDOW), PRODUCT),
                (largest(CHURN_TARGET), TARGET.strip()),
            ],
        ),
        time_panel(
            "Customers at the start, at the end, new, lost",
            [
                (
                    total("support_all_window_customer_parts", ("part",), part=("at_start", "at_end", "new")),
                    PART,
                ),
                (total("support_all_window_customers_lost"), "lost"),
            ],
            SITE,
        ),
        time_panel("Left, by product", [(current("support_window_customers_lost", ("product",)), PRODUCT)]),
        time_panel(
            "Came by referral",
            [
                (total("support_all_window_referrals"), "referred"),
                (of_site("new"), "all new customers"),
            ],
            SITE,
        ),
    ]


def _products() -> Panel:
    by = ("product",)
    columns = [
        Column("At the start", current("support_window_customer_parts", by, part="at_start"), COUNT),
        Column("New", current("support_window_customer_parts", by, part="new"), COUNT),
        Column("Left", current("support_window_customers_lost", by), COUNT),
        Column("Churn", current("support_window_churn_ratio", by)),
        Column("Retention", current("support_window_retention_ratio", by)),
        Column("Renewals due", current("support_window_customer_parts", by, part="renewals_due"), COUNT),
        Column("Renewed", current("support_window_renewal_ratio", by)),
        Column("Referred", current("support_window_referral_ratio", by)),
        Column("Upsell", current("support_window_upsell_ratio", by)),
    ]
    return table_panel("Product by product", columns)


def _revenue() -> Sequence[Panel]:
    by = ("currency",)
    return [
        time_panel(
            "Monthly revenue at the end",
            [(total("support_all_window_mrr_parts", by, part="at_end"), CURRENCY)],
            MONEY,
        ),
        time_panel(
            "What moved monthly revenue",
            [(total("support_all_window_mrr_parts", ("currency", "part"), part=MOVED), f"{CURRENCY} {PART}")],
            MONEY,
        ),
        time_panel(
            "Share of monthly revenue lost, net of expansion, and added",
            [
                (current(f"support_all_window_currency_{measure}", by), f"{CURRENCY} {words}")
                for measure, words in (
                    ("mrr_churn_ratio", "lost"),
                    ("net_mrr_churn_ratio", "lost, net"),
                    ("mrr_expansion_ratio", "added"),
                )
            ],
            Look(note=SITE.note, empty="no revenue at the start"),
        ),
        time_panel(
            "Lifetime value of a customer",
            [(current("support_all_customer_lifetime_value", by), CURRENCY)],
            Look(note=MONEY.note, empty="nobody left in 30 days"),
        ),
    ]


def _sales() -> Sequence[Panel]:
    return [
        time_panel(
            "Renewals: due and taken",
            [(total("support_all_window_customer_parts", ("part",), part=("renewals_due", "renewed")), PART)],
            SITE,
        ),
        time_panel(
            "Shares of renewals taken, of sales with an upsell",
            [
                (current("support_all_window_renewal_ratio"), "renewed"),
                (current("support_all_window_upsell_ratio"), "with an upsell"),
            ],
            Look(note=SITE.note, empty="no sample"),
        ),
    ]


def _shop() -> Sequence[Panel]:
    return [
        time_panel(
            "Conversion and abandoned carts",
            [
                (current("support_all_window_conversion_ratio"), "orders per visit"),
                (current("support_all_window_cart_abandonment_ratio"), "carts abandoned"),
            ],
            Look(note=SITE.note, empty="no visits, no carts"),
        ),
        time_panel(
            "Visits, carts, orders",
            [
                (
                    total(
                        "support_all_window_customer_parts",
                        ("part",),
                        part=("visits", "carts_opened", "carts_abandoned", "orders"),
                    ),
                    PART,
                )
            ],
            SITE,
        ),
        time_panel(
            "Buyers who bought again",
            [(current("support_all_window_returning_customers_ratio"), "returning")],
            Look(note=SITE.note, empty="no orders"),
        ),
        time_panel(
            "Orders per buyer, interactions per customer",
            [
                (current("support_all_window_purchases_per_customer"), "orders per buyer"),
                (current("support_all_window_engagement"), "interactions per customer"),
            ],
            Look(note=SITE.note, empty="no orders, no customers"),
        ),
    ]
