"""Count the metrics of customers in one period from their stories, for the independent recount.

Guarantee: integers and exact fractions until the last division; no two currencies are ever added.
Source: METRICS.md *Customers*; options: docs/decisions/0016-stocks-and-references-of-customers.md.
Worked number: 4 customers at the start, one of them lost, 2 new: churn 1/4, netted −1/4.
Cost: one look at every story for each period.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from aggregators.recount_customers import NO_PRODUCT, SITE, Spell, Story
from aggregators.recount_limits import HOUR, Limits, first_instant_of, local_date
from aggregators.recount_settings import Options
from aggregators.recount_windows import Metric

DAYS = {"30d": 30, "90d": 90, "180d": 180, "365d": 365}
MONTHS = {"month": 1, "quarter": 3}
LIFETIME_DAYS = 30
PARTS = (
    "at_start",
    "at_end",
    "new",
    "lost",
    "lost_of_start",
    "active",
    "renewals_due",
    "renewed",
    "sales",
    "upsells",
    "orders",
    "visits",
    "carts_opened",
    "carts_abandoned",
    "buyers",
    "buyers_again",
    "first_and_second_orders",
    "interactions",
)
AMOUNTS = ("at_start", "at_end", "new", "expanded", "contracted", "cancelled")
OWN_COUNTS_OF_SITE = ("at_start", "at_end", "new", "lost", "lost_of_start", "active", "referred")
_NAMES = {
    "churn_ratio",
    "customers_lost",
    "retention_ratio",
    "customer_parts",
    "revenue_churn",
    "mrr_parts",
    "renewal_ratio",
    "referrals",
    "referral_ratio",
    "upsell_ratio",
    "cart_abandonment_ratio",
    "conversion_ratio",
    "returning_customers_ratio",
    "purchases_per_customer",
    "engagement",
}

Period = tuple[int, int]


@dataclass(slots=True)
class Tally:
    """The parts of one product, or of the site. money: currency → amounts; payers: at the end."""

    counts: Counter[str] = field(default_factory=Counter)
    money: dict[str, Counter[str]] = field(default_factory=dict)
    payers: Counter[str] = field(default_factory=Counter)
    payers_at_start: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Add another tally."""
        self.counts.update(other.counts)
        for currency, amounts in other.money.items():
            self.money.setdefault(currency, Counter()).update(amounts)
        self.payers.update(other.payers)
        self.payers_at_start.update(other.payers_at_start)

    def currencies(self) -> list[str]:
        """Return the currencies in which there is, was or moves anything."""
        paid = {currency for currency, amounts in self.money.items() if any(amounts.values())}
        paying = {currency for currency, number in self.payers.items() if number}
        return sorted(paid | paying | {code for code, number in self.payers_at_start.items() if number})


def customer_metrics(
    stories: Sequence[Story],
    period: Period,
    options: Options,
    products: Iterable[str],
    shown: frozenset[str] | None = None,
) -> list[Metric]:
    """Return all metrics of a half-open period (ms).

    products: those that are known; shown: those that are named where others are summed up, None: all.
    """
    found = []
    tallies, site = tallies_of(stories, period, products, shown)
    for product, tally in sorted(tallies.items()):
        found += _metrics_of(tally, options, "support_window_", {"product": product})
    return found + (_metrics_of(site, options, "support_all_window_", {}) if tallies else [])


def lifetime_metrics(
    stories: Sequence[Story], period: Period, options: Options, shown: frozenset[str] | None = None
) -> list[Metric]:
    """Return the lifetime values at the end of a period, those of its churn (ms)."""
    tallies, site = tallies_of(stories, period, (), shown)
    found = []
    for product, tally in sorted(tallies.items()):
        found += _lifetime(tally, options, "support_customer_lifetime_value", {"product": product})
    return found + _lifetime(site, options, "support_all_customer_lifetime_value", {})


def tallies_of(
    stories: Sequence[Story],
    period: Period,
    products: Iterable[str],
    shown: frozenset[str] | None = None,
) -> tuple[dict[str, Tally], Tally]:
    """Return the parts by product, and those of the site."""
    tallies = {product: Tally() for product in products}
    own = Tally()
    for story in stories:
        for product in story.products():
            tallies.setdefault(product, Tally()).add(_tally(story, product, period))
        _count_spells(own, story.spells.get(SITE, []), period)
        _count_payers(own, story, SITE, period)
    if shown is not None:
        other = Tally()
        for product in [product for product in tallies if product not in shown or product == "__other__"]:
            other.add(tallies.pop(product))
        tallies["__other__"] = other
    site = Tally()
    for tally in tallies.values():
        site.add(tally)
    for name in OWN_COUNTS_OF_SITE:
        site.counts[name] = own.counts[name]
    # A customer who pays in one currency for two products is one.
    site.payers, site.payers_at_start = own.payers, own.payers_at_start
    return tallies, site


def _tally(story: Story, product: str, period: Period) -> Tally:
    start, end = period
    tally = Tally()
    counts = tally.counts
    _count_spells(tally, story.spells.get(product, []), period)
    _count_payers(tally, story, product, period)
    for due in story.dues:
        if due.product == product and start <= due.time < end:
            counts["renewals_due"] += 1
            counts["renewed"] += due.was_taken
    for time, sold, is_upsell in story.sales:
        if sold == product and start <= time < end:
            counts["sales"] += 1
            counts["upsells"] += is_upsell
    for amount in story.amounts:
        if amount.product == product and amount.time < end:
            money = tally.money.setdefault(amount.currency, Counter())
            signed = amount.minor_units if amount.kind in ("new", "expanded") else -amount.minor_units
            money["at_end"] += signed
            if amount.time < start:
                money["at_start"] += signed
            else:
                money[amount.kind] += amount.minor_units
    if product == NO_PRODUCT:
        for name, moments in story.moments.items():
            counts[name] += len(_inside(moments, period))
        _count_orders(counts, story.moments.get("orders", []), period)
    return tally


def _count_spells(tally: Tally, spells: Sequence[Spell], period: Period) -> None:
    start, end = period
    counts = tally.counts
    # Rule — "customers lost in the period / customers at its start"
    counts["at_start"] += any(spell.holds_at(start) for spell in spells)
    counts["at_end"] += any(spell.holds_at(end) for spell in spells)
    begun = [spell for spell in spells if start <= spell.start < end]
    ended = [spell for spell in spells if spell.end is not None and start <= spell.end < end]
    counts["new"] += len(begun)
    counts["referred"] += sum(spell.was_referred for spell in begun)
    counts["lost"] += len(ended)
    counts["lost_of_start"] += any(spell.start < start for spell in ended)
    counts["active"] += bool(begun) or any(spell.holds_at(start) for spell in spells)


def _count_payers(tally: Tally, story: Story, product: str | None, period: Period) -> None:
    for (place, currency), spells in story.paying.items():
        if place == product:
            tally.payers[currency] += any(spell.holds_at(period[1]) for spell in spells)
            tally.payers_at_start[currency] += any(spell.holds_at(period[0]) for spell in spells)


def _count_orders(counts: Counter[str], orders: Sequence[int], period: Period) -> None:
    inside = len(_inside(orders, period))
    # Rule — "customers with a second or later order in the window / customers with an order"
    later = len(_inside(orders[1:], period))
    counts["buyers"] += inside > 0
    counts["buyers_again"] += later > 0
    counts["first_and_second_orders"] += min(inside, 2)


def _inside(moments: Iterable[int], period: Period) -> list[int]:
    return [moment for moment in moments if period[0] <= moment < period[1]]


def _churn(counts: Mapping[str, int], options: Options) -> Fraction | None:
    lost = {
        "lost": counts["lost"],
        "cohort": counts["lost_of_start"],
        "netted": counts["lost"] - counts["new"],
    }[options.churn]
    return Fraction(lost, counts["at_start"]) if counts["at_start"] else None


def _money_metrics(tally: Tally, prefix: str, labels: Mapping[str, str]) -> list[Metric]:
    found, currencies = [], tally.currencies()
    for currency in currencies:
        money = tally.money[currency]
        by_currency = {**labels, "currency": currency}
        lost = money["cancelled"] + money["contracted"]
        found.append(Metric(prefix + "revenue_churn", by_currency, lost))
        found += [
            Metric(prefix + "mrr_parts", {**by_currency, "part": part}, money[part]) for part in AMOUNTS
        ]
        if money["at_start"] > 0:
            shares = {
                "mrr_churn_ratio": lost,
                "net_mrr_churn_ratio": lost - money["expanded"],
                "mrr_expansion_ratio": money["expanded"],
            }
            for name, moved in shares.items():
                share = moved / money["at_start"]
                found.append(Metric(f"{prefix}currency_{name}", by_currency, share))
                # Currencies are never added: without the label there is one currency, or no number.
                if len(currencies) == 1:
                    found.append(Metric(prefix + name, labels, share))
    return found


def _metrics_of(tally: Tally, options: Options, prefix: str, labels: Mapping[str, str]) -> list[Metric]:
    counts = tally.counts
    found = [
        Metric(prefix + "customers_lost", labels, counts["lost"]),
        Metric(prefix + "referrals", labels, counts["referred"]),
    ]
    found += [Metric(prefix + "customer_parts", {**labels, "part": part}, counts[part]) for part in PARTS]
    churn = _churn(counts, options)
    if churn is not None:
        found.append(Metric(prefix + "churn_ratio", labels, float(churn)))
        found.append(Metric(prefix + "retention_ratio", labels, float(1 - churn)))
    is_within = options.returning == "within"
    again = counts["first_and_second_orders"] - counts["buyers"] if is_within else counts["buyers_again"]
    ratios = {
        "renewal_ratio": (counts["renewed"], counts["renewals_due"]),
        "referral_ratio": (counts["referred"], counts["new"]),
        "upsell_ratio": (counts["upsells"], counts["sales"]),
        "cart_abandonment_ratio": (counts["carts_abandoned"], counts["carts_opened"]),
        "conversion_ratio": (counts["orders"], counts["visits"]),
        "returning_customers_ratio": (again, counts["buyers"]),
        "purchases_per_customer": (counts["orders"], counts["buyers"]),
        "engagement": (counts["interactions"], counts["active"]),
    }
    found += [
        Metric(prefix + name, labels, above / below) for name, (above, below) in ratios.items() if below
    ]
    return found + _money_metrics(tally, prefix, labels)


def _lifetime(tally: Tally, options: Options, name: str, labels: Mapping[str, str]) -> list[Metric]:
    churn = _churn(tally.counts, options)
    # Rule — "absent at churn 0"
    if churn is None or churn <= 0:
        return []
    margin = options.margin if options.lifetime_value == "profit" else 1
    return [
        Metric(
            name,
            {**labels, "currency": currency},
            margin * float(Fraction(tally.money[currency]["at_end"], tally.payers[currency]) / churn),
        )
        for currency in tally.currencies()
        if tally.payers[currency] > 0
    ]


def is_of_customers(name: str) -> bool:
    """Say whether a metric is one of customers."""
    measure = name.partition("window_")[2]
    return measure in _NAMES or "mrr_" in measure or name.endswith("customer_lifetime_value")


def customer_periods(end: int, limits: Limits) -> dict[str, Period]:
    """Return the bounds (ms) of each period of customers of a view whose windows end at `end`, by label.

    Only those that the horizon of customers reaches, with two hours for clock changes and skew.
    """
    today = local_date(end - 1, limits.zone)
    found = {
        label: (days, (first_instant_of(today - timedelta(days=days - 1), limits.zone), end))
        for label, days in DAYS.items()
    }
    for label, months in MONTHS.items():
        begin = date(today.year, (today.month - 1) // months * months + 1, 1)
        before = begin - timedelta(days=1)
        last = date(before.year, (before.month - 1) // months * months + 1, 1)
        bounds = first_instant_of(last, limits.zone), first_instant_of(begin, limits.zone)
        found[label] = 31 * months, (bounds[1], end)
        found[f"last_{label}"] = 62 * months, bounds
    reach = limits.customer_horizon - 2 * HOUR
    return {label: period for label, (days, period) in found.items() if days * 24 * HOUR <= reach}


def lifetime_period(end: int, zone: ZoneInfo) -> Period:
    """Return the last 30 local dates before `end` (ms)."""
    first = local_date(end - 1, zone) - timedelta(days=LIFETIME_DAYS - 1)
    return first_instant_of(first, zone), end
