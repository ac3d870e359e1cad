"""How the metrics of customers are read."""

from __future__ import annotations

from typing import Final

from aggregators.catalogue.reading.reading import Reading

_CURRENCY_TRAP: Final = "Currencies are never added: convert outside, at a rate that you can name."
_START_TRAP: Final = "Divided by what was there at the start; a small start makes wild numbers."
_NO_STANDARD: Final = "There is no common value: it depends on trade and price. Compare it with its own past."

_RATIOS: Final[dict[str, Reading]] = {
    "mrr_churn_ratio": Reading(
        german="Umsatzabwanderungsrate (MRR)",
        example="500.00 cancelled and 100.00 contracted of 4,000.00: `(50_000 + 10_000) / 400_000 = 0.15`.",
        trap=_START_TRAP + " Expansion never hides it; the net one lets it.",
        good=_NO_STANDARD,
    ),
    "net_mrr_churn_ratio": Reading(
        german="Netto-Umsatzabwanderungsrate (MRR)",
        example="600.00 lost, 300.00 added, of 4,000.00: `(60_000 - 30_000) / 400_000 = 0.075`.",
        trap=_START_TRAP + " Below 0 while customers add more than is lost.",
        good=_NO_STANDARD,
    ),
    "mrr_expansion_ratio": Reading(
        german="Umsatzausweitung (MRR)",
        example="300.00 added to 4,000.00: `30_000 / 400_000 = 0.075`.",
        trap=_START_TRAP + " New customers are not in it.",
    ),
}

CUSTOMER_READINGS: Final[dict[str, Reading]] = {
    **{f"support_window_{measure}": reading for measure, reading in _RATIOS.items()},
    **{f"support_window_currency_{measure}": reading for measure, reading in _RATIOS.items()},
    "support_window_churn_ratio": Reading(
        example="5 of 40 customers left, 10 came: `5 / 40 = 0.125`.",
        trap="New customers never hide a loss, unless `churn` = `netted`. It does not add up over months.",
        good=_NO_STANDARD,
    ),
    "support_window_customers_lost": Reading(
        example="4 left, one of them came back and left again: `4 + 1 = 5`.",
        trap="Ends of the last subscription: one of two given up is no loss of the site.",
    ),
    "support_window_retention_ratio": Reading(
        example="Churn is 0.125: `1 - 0.125 = 0.875`.",
        trap="By the definition of churn in force; with `lost` it can fall below 0 in a period of growth.",
        good=_NO_STANDARD,
    ),
    "support_window_customer_parts": Reading(
        german="Bestandteile der Kundenzahlen",
        example="40 at the start, 10 new, 5 lost: `40 + 10 - 5 = 45` at the end.",
        trap="Parts overlap (`lost_of_start` is in `lost`): never add all of them.",
    ),
    "support_window_revenue_churn": Reading(
        example="500.00 cancelled, 100.00 contracted, in cents: `50_000 + 10_000 = 60_000`.",
        trap="Minor units: 60,000 are 600.00 EUR, but 60,000 JPY. " + _CURRENCY_TRAP,
    ),
    "support_window_mrr_parts": Reading(
        german="Bestandteile des Monatsumsatzes",
        example="At the end: `400_000 + 90_000 + 30_000 - 10_000 - 50_000 = 460_000` cents.",
        trap=_CURRENCY_TRAP,
    ),
    "support_window_renewal_ratio": Reading(
        example="18 of 20 due renewals were taken: `18 / 20 = 0.9`.",
        trap="Who cancelled before the due date is not due; without a term nobody ever is.",
    ),
    "support_window_referrals": Reading(
        example="10 new customers, 7 not referred: `10 - 7 = 3`.",
        trap="Only where the first subscription says so; who was not asked counts as not referred.",
    ),
    "support_window_referral_ratio": Reading(
        example="3 of 10 new customers: `3 / 10 = 0.3`.",
        trap="It rises when other ways of winning customers dry up.",
    ),
    "support_window_upsell_ratio": Reading(
        example="6 of 50 orders and subscriptions: `6 / 50 = 0.12`.",
        trap="Sales that say `upsell`, not more revenue: see the expansion.",
    ),
    "support_window_cart_abandonment_ratio": Reading(
        example="100 opened, 70 abandoned: `70 / 100 = 0.7`.",
        trap="Each at its own moment, so a short period may pass 1. "
        "It depends on when the shop gives a cart up.",
    ),
    "support_window_conversion_ratio": Reading(
        example="20 orders of 1,000 visits: `20 / 1_000 = 0.02`.",
        trap="Orders per visit, not buyers per visitor; robots among the visits lower it.",
    ),
    "support_window_returning_customers_ratio": Reading(
        example="12 of 40 buyers had bought before: `12 / 40 = 0.3`.",
        trap="A first order before the events begin is not known, so it starts too low.",
    ),
    "support_window_purchases_per_customer": Reading(
        example="50 orders of 40 buyers: `50 / 40 = 1.25`.",
        trap="Of those who bought at all, so never below 1; not of all customers.",
    ),
    "support_window_engagement": Reading(
        example="300 interactions of 60 active customers: `300 / 60 = 5`.",
        trap="What counts as an interaction is up to the source; a few busy customers raise it.",
    ),
    "support_customer_lifetime_value": Reading(
        example="Mean 100.00 a month, margin 1, churn 0.125: `10_000 * 1 / 0.125 = 80_000` cents.",
        trap="From the churn of 30 days only, so it jumps. Absent where nobody left. " + _CURRENCY_TRAP,
        good="There is no common value; what counts is what winning a customer costs.",
    ),
}
