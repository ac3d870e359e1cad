"""What docs/metrics.md says about customers before their table: periods, options, a worked example, traps."""

from __future__ import annotations

from typing import Final

_BEFORE: Final = """\
Periods of `30d`, `90d`, `180d` and `365d`: so many local dates of the site, the last one being today; `month`
and `quarter` since they began; `last_month` and `last_quarter` whole, which end where the next one begins; as
far as the horizon of customers reaches. `support_window_…` has the labels `product` and `window`,
`support_all_window_…` only `window`; what names no product (orders, carts, visits, interactions) is under
`none`. Money is in minor units of one currency, and currencies are never added. A customer is who has a
subscription; with two products it is one customer of the site. Without an event of a customer nothing is
there.

Other definitions in use are options of `[customers]` in the configuration:
"""

_OPTIONS: Final = (
    ("`churn`", "`lost` (default)", "all customers lost in the period", "subscription billing"),
    ("", "`cohort`", "those of them who were customers at its start", "cohort analyses; never above 1"),
    ("", "`netted`", "lost less new ones", "boards of net growth; below 0 while more come than go"),
    ("—", "churn as a count", "`…_customers_lost`", "boards of sites with few customers"),
    ("—", "gross revenue churn", "`…_mrr_churn_ratio`", "investors"),
    ("—", "net revenue churn", "`…_net_mrr_churn_ratio`", "boards of growth"),
    ("`returning`", "`ever` (default)", "buyers with an order that is not their first", "shops"),
    ("", "`within`", "buyers with two orders in the period", "boards of a season"),
    ("`lifetime_value`", "`profit` (default)", "monthly revenue times `margin`", "finance"),
    ("", "`revenue`", "monthly revenue, whatever the margin", "sales"),
)

_AFTER: Final = """\
Worked: 40 customers at the start, 5 lost, 10 new: churn 5 / 40 = 0.125, netted (5 − 10) / 40 = −0.125,
retention 0.875. Of a monthly revenue of 4,000.00 EUR 500.00 were cancelled, 100.00 contracted, 300.00 added:
MRR churn 600 / 4,000 = 0.15, net (600 − 300) / 4,000 = 0.075, expansion 0.075. At a mean of 100.00 EUR and a
churn of 0.125 in 30 days a customer is worth 800.00 EUR.

What a good value is depends on the trade and the price; there is no common standard, so compare a number with
its own past. Traps: a month that has just begun (`last_month` is whole), a start with few customers, annual
terms in a window of 30 days, and windows of different lengths: churn does not add up over months.
"""


def customers_introduction() -> str:
    """Return the text, with its table of options."""
    head = ("option", "value", "what counts", "who has it so")
    rows = ("| " + " | ".join(row) + " |" for row in (head, *_OPTIONS))
    first, *others = rows
    return "\n".join((_BEFORE, first, "|---|---|---|---|", *others, "", _AFTER))
