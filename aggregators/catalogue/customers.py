"""The customers table: who comes, stays, buys and leaves, per product and for the whole site.

Guarantee: every number is read from summed integers, money in minor units, and no two currencies are ever
added: a ratio of money without the label `currency` is there only where all of it is in one currency. Totals
over products are computed from summed parts; a customer of two products is one customer of the site.

Worked: 40 customers at the start, 5 lost, 10 new: churn 5 / 40 = 0.125, retention 0.875; netted with the new
ones, as some boards have it, (5 − 10) / 40 = −0.125.
Source: METRICS.md; Farris et al., "Marketing Metrics", 2010, for retention and lifetime value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from aggregators.catalogue.metric import CustomerMetric, CustomerView, domain_of
from aggregators.customer_measures import CustomerMeasure, amount
from aggregators.measures import Parts
from aggregators.samples import Value

_M = CustomerMeasure
_Values = Sequence[Value | None]


def _sum(parts: Parts, *kinds: CustomerMeasure) -> int:
    return sum(amount(parts, kind) for kind in kinds)


def _per(numerator: float, denominator: float) -> float | None:
    return numerator / denominator if denominator > 0 else None


def _ratio(
    numerator: Sequence[CustomerMeasure], denominator: Sequence[CustomerMeasure]
) -> Callable[[CustomerView], _Values]:
    return lambda view: (_per(_sum(view.counts, *numerator), _sum(view.counts, *denominator)),)


def churn(view: CustomerView) -> float | None:
    """Return customers lost per customer at the start, by the definition that is configured."""
    counts = view.counts
    lost = {
        "lost": amount(counts, _M.LOST),
        "cohort": amount(counts, _M.LOST_SINCE),
        "netted": amount(counts, _M.LOST) - amount(counts, _M.WON),
    }[view.options.churn]
    return _per(lost, amount(counts, _M.CUSTOMERS_AT_START))


def _churn(view: CustomerView) -> _Values:
    return (churn(view),)


def _retention(view: CustomerView) -> _Values:
    lost = churn(view)
    return (None if lost is None else 1 - lost,)


def _returning(view: CustomerView) -> _Values:
    buyers = amount(view.counts, _M.BOUGHT)
    again = amount(view.counts, _M.BOUGHT_AGAIN)
    if view.options.returning == "within":
        again = amount(view.counts, _M.BOUGHT_TWICE) - buyers  # of each the first two orders, less the first
    return (_per(again, buyers),)


def _money(view: CustomerView) -> Parts | None:
    """Return the sums of the currency asked for, or of the only one; None where there are several."""
    if view.currency:
        return view.money[view.currency]
    return next(iter(view.money.values())) if len(view.money) == 1 else None


def _moved(*kinds: CustomerMeasure, less: CustomerMeasure | None = None) -> Callable[[CustomerView], _Values]:
    """Return what divides sums of monthly revenue by that at the start."""

    def values(view: CustomerView) -> _Values:
        parts = _money(view)
        if parts is None:
            return (None,)
        moved = _sum(parts, *kinds) - (0 if less is None else amount(parts, less))
        return (_per(moved, amount(parts, _M.MRR_AT_START)),)

    return values


def _lifetime_value(view: CustomerView) -> _Values:
    parts, lost = view.money[view.currency], churn(view)
    customers = _sum(parts, _M.PAYING_AT_START, _M.PAYING)
    if lost is None or lost <= 0 or customers <= 0:
        return (None,)
    margin = view.options.margin if view.options.lifetime_value == "profit" else 1
    return (margin * _sum(parts, _M.MRR_AT_START, _M.MRR) / (customers * lost),)


_COUNTS: Final[dict[str, tuple[CustomerMeasure, ...]]] = {
    "at_start": (_M.CUSTOMERS_AT_START,),
    "at_end": (_M.CUSTOMERS_AT_START, _M.CUSTOMERS),
    "new": (_M.WON,),
    "lost": (_M.LOST,),
    "lost_of_start": (_M.LOST_SINCE,),
    "active": (_M.CUSTOMERS_AT_START, _M.JOINED),
    "renewals_due": (_M.DUE,),
    "renewed": (_M.RENEWED,),
    "sales": (_M.SALES,),
    "upsells": (_M.UPSELLS,),
    "orders": (_M.ORDERS,),
    "visits": (_M.VISITS,),
    "carts_opened": (_M.CARTS_OPENED,),
    "carts_abandoned": (_M.CARTS_ABANDONED,),
    "buyers": (_M.BOUGHT,),
    "buyers_again": (_M.BOUGHT_AGAIN,),
    "first_and_second_orders": (_M.BOUGHT_TWICE,),
    "interactions": (_M.INTERACTIONS,),
}
_AMOUNTS: Final[dict[str, tuple[CustomerMeasure, ...]]] = {
    "at_start": (_M.MRR_AT_START,),
    "at_end": (_M.MRR_AT_START, _M.MRR),
    "new": (_M.MRR_NEW,),
    "expanded": (_M.MRR_EXPANDED,),
    "contracted": (_M.MRR_CONTRACTED,),
    "cancelled": (_M.MRR_CANCELLED,),
}
_LOST_MONEY: Final = (_M.MRR_CANCELLED, _M.MRR_CONTRACTED)
_ONE_CURRENCY: Final = " Absent where there is more than one currency: see the metric by currency."


def _revenue_ratio(
    measure: str, help_text: str, values: Callable[[CustomerView], _Values], formula: str
) -> tuple[CustomerMetric, CustomerMetric]:
    definition = "Monthly recurring revenue that was there at the start is what is divided by."
    one = CustomerMetric(
        measure=measure,
        unit="ratio",
        help=help_text,
        definition=definition + _ONE_CURRENCY,
        values=values,
        formula=formula,
    )
    each = CustomerMetric(
        measure=f"currency_{measure}",
        unit="ratio",
        help=f"{help_text[:-1]}, in each currency.",
        definition=definition,
        values=values,
        by_currency=True,
        formula=formula,
    )
    return one, each


CUSTOMER_METRICS: Final = (
    CustomerMetric(
        measure="churn_ratio",
        unit="ratio",
        help="The share of customers who left.",
        definition="Customers lost in the period per customer at its start; new ones never hide a loss. "
        "`[customers] churn` = `cohort` counts only those who were customers at the start, `netted` takes "
        "the new ones off.",
        values=_churn,
        formula="lost / customers at the start",
        term="Abwanderungsrate",
    ),
    CustomerMetric(
        measure="customers_lost",
        unit="customers",
        help="How many customers left: churn as a count.",
        definition="Ends of the last subscription: of the product, or of any; who comes back and leaves "
        "again is lost twice.",
        values=lambda view: (amount(view.counts, _M.LOST),),
        formula="count",
        term="verlorene Kunden",
    ),
    CustomerMetric(
        measure="retention_ratio",
        unit="ratio",
        help="The share of customers who stayed.",
        definition="1 − churn, by the same definition.",
        values=_retention,
        formula="1 − churn_ratio",
        term="Kundenbindungsrate",
    ),
    CustomerMetric(
        measure="customer_parts",
        unit="customers",
        help="The counts behind the ratios of customers.",
        definition="`active` were customers at some moment of the period; `buyers_again` have an order in it "
        "that is not their first; `first_and_second_orders` less `buyers` have two in it. `renewed` and "
        "`renewals_due` lie at the date they were due.",
        values=lambda view: [_sum(view.counts, *kinds) for kinds in _COUNTS.values()],
        own_labels=("part",),
        domain=domain_of(_COUNTS),
        formula="count",
    ),
    *_revenue_ratio(
        "mrr_churn_ratio",
        "The share of monthly revenue that was lost.",
        _moved(*_LOST_MONEY),
        "(cancelled + contracted) / MRR at the start",
    ),
    *_revenue_ratio(
        "net_mrr_churn_ratio",
        "The share of monthly revenue that was lost, less what customers added.",
        _moved(*_LOST_MONEY, less=_M.MRR_EXPANDED),
        "(cancelled + contracted − expanded) / MRR at the start",
    ),
    *_revenue_ratio(
        "mrr_expansion_ratio",
        "The share by which customers added to monthly revenue.",
        _moved(_M.MRR_EXPANDED),
        "expanded / MRR at the start",
    ),
    CustomerMetric(
        measure="revenue_churn",
        unit="minor units",
        help="How much monthly revenue was lost.",
        definition="Cancelled and contracted monthly recurring revenue, in minor units of the currency.",
        values=lambda view: (_sum(view.money[view.currency], *_LOST_MONEY),),
        by_currency=True,
        formula="cancelled + contracted",
        term="Umsatzabwanderung",
    ),
    CustomerMetric(
        measure="mrr_parts",
        unit="minor units",
        help="How monthly revenue changed.",
        definition="Monthly recurring revenue at both ends and what happened between; at the end = at the "
        "start + new + expanded − contracted − cancelled.",
        values=lambda view: [_sum(view.money[view.currency], *kinds) for kinds in _AMOUNTS.values()],
        own_labels=("part",),
        domain=domain_of(_AMOUNTS),
        by_currency=True,
        formula="sum",
    ),
    CustomerMetric(
        measure="renewal_ratio",
        unit="ratio",
        help="The share of due renewals that were taken.",
        definition="Renewals due in the period that were taken, early and late ones too. Due is the local "
        "date on which the term ends, counted from its start, again after each renewal; what ended before is "
        "not due.",
        values=_ratio((_M.RENEWED,), (_M.DUE,)),
        formula="renewed / due",
        term="Verlängerungsquote",
    ),
    CustomerMetric(
        measure="referrals",
        unit="customers",
        help="How many new customers came by referral.",
        definition="New customers whose first subscription says `referred`.",
        values=lambda view: (amount(view.counts, _M.REFERRED),),
        formula="count",
        term="Empfehlungen",
    ),
    CustomerMetric(
        measure="referral_ratio",
        unit="ratio",
        help="The share of new customers who came by referral.",
        definition="Of those who became customers in the period.",
        values=_ratio((_M.REFERRED,), (_M.WON,)),
        formula="referrals / new customers",
        term="Empfehlungsrate",
    ),
    CustomerMetric(
        measure="upsell_ratio",
        unit="ratio",
        help="The share of sales with an upsell.",
        definition="Orders and subscriptions that say `upsell`.",
        values=_ratio((_M.UPSELLS,), (_M.SALES,)),
        formula="with an upsell / orders and subscriptions",
        term="Upselling-Quote",
    ),
    CustomerMetric(
        measure="cart_abandonment_ratio",
        unit="ratio",
        help="How many carts were abandoned per cart opened.",
        definition="Each cart counts once as opened and once as abandoned, at its own moment.",
        values=_ratio((_M.CARTS_ABANDONED,), (_M.CARTS_OPENED,)),
        formula="abandoned / opened",
        term="Warenkorbabbruchrate",
    ),
    CustomerMetric(
        measure="conversion_ratio",
        unit="ratio",
        help="How many visits led to an order.",
        definition="Orders per visit.",
        values=_ratio((_M.ORDERS,), (_M.VISITS,)),
        formula="orders / visits",
        term="Konversionsrate",
    ),
    CustomerMetric(
        measure="returning_customers_ratio",
        unit="ratio",
        help="The share of buyers who bought again.",
        definition="Buyers with an order in the period that is their second or a later one. "
        "`[customers] returning` = `within` counts those with two orders in the period.",
        values=_returning,
        formula="with a second or later order / with an order",
        term="Wiederkäuferrate",
    ),
    CustomerMetric(
        measure="purchases_per_customer",
        unit="orders",
        help="How often a buyer bought.",
        definition="Orders per customer with an order.",
        values=_ratio((_M.ORDERS,), (_M.BOUGHT,)),
        formula="orders / customers with an order",
        term="Kaufhäufigkeit",
    ),
    CustomerMetric(
        measure="engagement",
        unit="interactions",
        help="How often an active customer has to do with us.",
        definition="Interactions per customer with a subscription at some moment of the period.",
        values=_ratio((_M.INTERACTIONS,), (_M.CUSTOMERS_AT_START, _M.JOINED)),
        formula="interactions / active customers",
        term="Kundenengagement",
    ),
    CustomerMetric(
        measure="customer_lifetime_value",
        unit="minor units",
        help="What a customer is worth until leaving.",
        definition="Mean monthly revenue of a customer now, times `[customers] margin`, by the churn of the "
        "last 30 local dates; absent where nobody left. `lifetime_value` = `revenue` leaves the margin out.",
        values=_lifetime_value,
        by_currency=True,
        is_state=True,
        formula="mean MRR per customer · margin / churn",
        term="Kundenwert",
    ),
)
"""Every metric of customers; the order is that of docs/metrics.md."""
