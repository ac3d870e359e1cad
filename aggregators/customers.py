"""Customers: what the events of one customer contribute, per product and for the whole site.

Guarantee: a customer of a product is who has a subscription of it, a customer of the site who has any.
Subscribing makes a customer, cancelling the last subscription loses one; whoever comes back is won again and
was lost all the same. A change of monthly revenue is an expansion or a contraction. The renewal of a
subscription with a term is due on the local date its term ends, counted from its start, as long as it has not
ended before; a renewal takes the earliest one that was not taken.

Worked: subscribed on 31 January for a month at 10.00 EUR: due on 28 February; renewed on 2 March: the one of
28 February is taken, and the next is due on 31 March.
Cost: 1.5 µs for an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from msgspec import UNSET, Struct, field

from aggregators.configuration import Configuration
from aggregators.customer_measures import NO_PRODUCT, PRODUCT, SITE, CustomerMeasure, measure_of
from aggregators.events import (
    CustomerCart,
    CustomerChanged,
    CustomerProduct,
    CustomerPurchased,
    CustomerSubscribed,
    Event,
    Rank,
    stated_or,
)
from aggregators.facts import Fact, Facts, withdraw
from aggregators.local_dates import local_dates
from aggregators.measures import Series
from aggregators.site_time import first_instant
from aggregators.status import Status, Visit

_KEYS: Final = {kind: measure_of(kind) for kind in CustomerMeasure}
_BEGUN: Final = measure_of(CustomerMeasure.BEGUN)
_MRR_BEGUN: Final = measure_of(CustomerMeasure.MRR_BEGUN)
_FIRST_ORDER: Final = measure_of(CustomerMeasure.FIRST_ORDER)
_DUE: Final = measure_of(CustomerMeasure.DUE)
_RENEWED: Final = measure_of(CustomerMeasure.RENEWED)
_SHOP: Final[Series] = (PRODUCT, NO_PRODUCT)
_SIMPLE: Final[dict[int, int]] = {
    int(Rank.CUSTOMER_VISITED): measure_of(CustomerMeasure.VISITS),
    int(Rank.CUSTOMER_ENGAGED): measure_of(CustomerMeasure.INTERACTIONS),
}
"""Events that are counted, and nothing else."""
_MONTHS: Final = 12
_LAST_YEAR: Final = 2100
_NO_FACTS: Final[Facts] = []


class _Membership(Struct):
    """Since when somebody is a customer (ms), None while not, and when that ended the last time, 0 never."""

    since: int | None = None
    lost: int = 0


class _Subscription(Struct):
    """One subscription.

    mrr: minor units a month; start: local date; term: months, None without one; taken: renewals so far;
    planned: facts of dues that the end of the subscription would take back.
    """

    mrr: int
    currency: str
    start: int
    term: int | None
    taken: int = 0
    planned: Facts = field(default_factory=list)


class Customer:
    """The subscriptions, orders, carts and visits of one customer."""

    __slots__ = (
        "_abandoned", "_carts", "_configuration", "_facts", "_has_ordered", "_memberships", "_orders",
        "_repeat", "_subscriptions", "last",
    )  # fmt: skip

    topic: Final = "customers"

    def __init__(self, configuration: Configuration, timeline: Sequence[Event], facts: Facts) -> None:
        self.last = timeline[0].time
        self._configuration = configuration
        self._subscriptions: dict[str, _Subscription] = {}
        self._memberships: dict[Series, _Membership] = {}
        self._orders = (0, 0)
        self._repeat = 0
        self._has_ordered = False
        self._carts: set[str] = set()
        self._abandoned: set[str] = set()
        self._facts = _NO_FACTS
        for event in timeline:
            self.step(event, facts)

    def holds_for(self, event: Event) -> bool:  # a kind of case answers it for every event
        """Say that nothing a customer does later changes what was before it."""
        return True

    def step(self, event: Event, facts: Facts) -> None:
        """Feed one event in timeline order."""
        self.last = time = event.time
        simple = _SIMPLE.get(event.rank)
        if simple is not None:  # more than half of all events
            facts.append((time, _SHOP, simple, 1, 1))
            return
        self._facts = facts
        data = event.data
        if isinstance(data, CustomerSubscribed):
            self._subscribe(time, data)
        elif isinstance(data, CustomerChanged):
            self._change(time, data.product, data.mrr)
        elif isinstance(data, CustomerPurchased):
            self._order(time, is_upsell=stated_or(data.upsell, default=False))
        elif isinstance(data, CustomerCart):
            self._cart(event, data.cart)
        elif event.rank == Rank.CUSTOMER_RENEWED:
            assert isinstance(data, CustomerProduct)
            self._renew(data.product)
        else:
            assert isinstance(data, CustomerProduct)
            assert event.rank == Rank.CUSTOMER_CANCELLED, event.rank
            self._cancel(time, data.product)
        self._facts = _NO_FACTS  # whoever is kept must not keep the facts of a whole batch

    def is_open(self) -> bool:
        """Say whether there is a subscription: such a customer is kept however long nothing happens."""
        return bool(self._subscriptions)

    def is_at_rest(self) -> bool:
        """Days pass between two events of most customers."""
        return True

    def visits(self) -> Sequence[Visit]:
        """Nobody waits in a queue."""
        return ()

    def place(self) -> None:
        """Facts name the series."""

    def status(self) -> Status:
        """Return the state of a customer: none that waits for anybody."""
        return Status(state=None, series=("", ""), since=None, last=self.last)

    # What happens -------------------------------------------------------------------------------------------

    def _subscribe(self, time: int, data: CustomerSubscribed) -> None:
        product, currency = data.product, data.currency
        self._sell(time, product, is_upsell=stated_or(data.upsell, default=False))
        start = local_dates(self._configuration.time_zone).of(time)
        term = None if data.term_months is UNSET or data.term_months <= 0 else data.term_months
        known = self._subscriptions.get(product)
        if known is not None and known.currency == currency:
            # What goes on under new terms is no new customer.
            self._change(time, product, data.mrr)
            self._take_back(known, time)
            known.start, known.term, known.taken = start, term, 0
            self._plan(known, product)
            return
        self._facts.append((time, money_series(product, currency), _MRR_BEGUN, data.mrr, 1))
        subscription = _Subscription(data.mrr, currency, start, term)
        if known is not None:
            self._pay(time, product, known.currency, (CustomerMeasure.MRR_CONTRACTED, known.mrr, -known.mrr))
            self._take_back(known, time)
        self._subscriptions[product] = subscription
        self._enter(time, money_series(product, currency), CustomerMeasure.PAYING)
        if known is not None:
            self._leave(time, money_series(product, known.currency), CustomerMeasure.PAYING)
        self._settle_site(time, currency, None if known is None else known.currency)
        self._plan(subscription, product)
        is_referred = stated_or(data.referred, default=False)
        for series in ((PRODUCT, product), (SITE, "")):
            self._win(time, series, is_referred=is_referred)

    def _change(self, time: int, product: str, mrr: int) -> None:
        subscription = self._subscriptions.get(product)
        if subscription is None or subscription.mrr == mrr:
            return
        change, subscription.mrr = mrr - subscription.mrr, mrr
        kind = CustomerMeasure.MRR_EXPANDED if change > 0 else CustomerMeasure.MRR_CONTRACTED
        self._pay(time, product, subscription.currency, (kind, abs(change), change))

    def _renew(self, product: str) -> None:
        subscription = self._subscriptions.get(product)
        if subscription is None:
            return
        due = self._due(subscription)
        if due is not None:
            self._keep(subscription, (due, (PRODUCT, product), _RENEWED, 1, 1))
            subscription.taken += 1
            self._plan(subscription, product)

    def _cancel(self, time: int, product: str) -> None:
        subscription = self._subscriptions.pop(product, None)
        if subscription is None:
            return
        mrr, currency = subscription.mrr, subscription.currency
        self._pay(time, product, currency, (CustomerMeasure.MRR_CANCELLED, mrr, -mrr))
        self._take_back(subscription, time)
        self._leave(time, money_series(product, currency), CustomerMeasure.PAYING)
        self._settle_site(time, None, currency)
        self._lose(time, (PRODUCT, product))
        if not self._subscriptions:
            self._lose(time, (SITE, ""))

    def _order(self, time: int, *, is_upsell: bool) -> None:
        before, last = self._orders
        if not self._has_ordered:
            self._facts.append((time, _SHOP, _FIRST_ORDER, 1, 1))
            if is_upsell:
                self._count(time, CustomerMeasure.UPSELLS)
        else:
            self._sell(time, NO_PRODUCT, is_upsell=is_upsell)
            self._count(time, CustomerMeasure.ORDERS)
            self._count(time, CustomerMeasure.BOUGHT, last)
            self._count(time, CustomerMeasure.BOUGHT_TWICE, before)
            self._count(time, CustomerMeasure.BOUGHT_AGAIN, self._repeat)
            self._repeat = time
        self._has_ordered = True
        self._orders = (last, time)

    def _cart(self, event: Event, cart: str) -> None:
        if event.rank == Rank.CUSTOMER_CART_OPENED:
            if cart not in self._carts:
                self._carts.add(cart)
                self._count(event.time, CustomerMeasure.CARTS_OPENED)
        elif cart in self._carts and cart not in self._abandoned:
            self._abandoned.add(cart)
            self._count(event.time, CustomerMeasure.CARTS_ABANDONED)

    # Who is a customer --------------------------------------------------------------------------------------

    def _win(self, time: int, series: Series, *, is_referred: bool) -> None:
        membership = self._memberships.setdefault(series, _Membership())
        if membership.since is not None:
            return
        membership.since = time
        if membership.lost:
            self._add(time, series, CustomerMeasure.CUSTOMERS)
            self._add(time, series, CustomerMeasure.WON)
            self._add(time, series, CustomerMeasure.JOINED, reference=membership.lost)
        else:
            self._facts.append((time, series, _BEGUN, 1, 1))
        if is_referred:
            self._add(time, series, CustomerMeasure.REFERRED)

    def _lose(self, time: int, series: Series) -> None:
        membership = self._memberships[series]
        assert membership.since is not None, series
        self._add(time, series, CustomerMeasure.CUSTOMERS, -1)
        self._add(time, series, CustomerMeasure.LOST)
        self._add(time, series, CustomerMeasure.LOST_SINCE, reference=membership.since)
        membership.since, membership.lost = None, time

    def _enter(self, time: int, series: Series, kind: CustomerMeasure) -> None:
        self._add(time, series, kind)

    def _leave(self, time: int, series: Series, kind: CustomerMeasure) -> None:
        self._add(time, series, kind, -1)

    def _settle_site(self, time: int, entered: str | None, left: str | None) -> None:
        """Count the customer of the site by currency, after a subscription was put in or taken out."""
        paying = [subscription.currency for subscription in self._subscriptions.values()]
        if entered is not None and paying.count(entered) == 1:
            self._enter(time, money_series("", entered, SITE), CustomerMeasure.PAYING)
        if left is not None and left not in paying:
            self._leave(time, money_series("", left, SITE), CustomerMeasure.PAYING)

    # Renewals -----------------------------------------------------------------------------------------------

    def _due(self, subscription: _Subscription) -> int | None:
        """Return when the next renewal is due (ms), None where it never is."""
        if subscription.term is None:
            return None
        day = later_by_months(subscription.start, subscription.term * (subscription.taken + 1))
        return None if day is None else first_instant(day, self._configuration.time_zone)

    def _plan(self, subscription: _Subscription, product: str) -> None:
        due = self._due(subscription)
        if due is not None:
            self._keep(subscription, (due, (PRODUCT, product), _DUE, 1, 1))

    def _keep(self, subscription: _Subscription, fact: Fact) -> None:
        self._facts.append(fact)
        subscription.planned = [known for known in subscription.planned if known[0] > self.last]
        subscription.planned.append(fact)

    def _take_back(self, subscription: _Subscription, time: int) -> None:
        """Withdraw what would be due after a subscription has ended, or gone on under other terms."""
        for fact in subscription.planned:
            if fact[0] > time:
                withdraw(self._facts, fact)
        subscription.planned = []

    # Facts --------------------------------------------------------------------------------------------------

    def _sell(self, time: int, product: str, *, is_upsell: bool) -> None:
        self._add(time, (PRODUCT, product), CustomerMeasure.SALES)
        if is_upsell:
            self._add(time, (PRODUCT, product), CustomerMeasure.UPSELLS)

    def _count(self, time: int, kind: CustomerMeasure, reference: int = 0) -> None:
        self._facts.append((time, _SHOP, _KEYS[kind] + reference, 1, 1))

    def _pay(self, time: int, product: str, currency: str, amounts: tuple[CustomerMeasure, int, int]) -> None:
        """Add what happened to monthly revenue, and by how much it changes that: (kind, amount, change)."""
        kind, moved, change = amounts
        series = money_series(product, currency)
        self._add(time, series, kind, moved)
        self._add(time, series, CustomerMeasure.MRR, change)

    def _add(
        self, time: int, series: Series, kind: CustomerMeasure, value: int = 1, reference: int = 0
    ) -> None:
        self._facts.append((time, series, _KEYS[kind] + reference, value, 1))


def series_stated(event: Event) -> tuple[Series, ...]:
    """Return the series that an event of a customer may make known; those of the site apart."""
    data = event.data
    if isinstance(data, CustomerSubscribed):
        return ((PRODUCT, data.product), money_series(data.product, data.currency))
    if isinstance(data, CustomerChanged | CustomerProduct):
        return ()  # of a subscription that is there already, or nothing
    return ((PRODUCT, NO_PRODUCT),)


@lru_cache(maxsize=4_096)
def money_series(product: str, currency: str, place: str = PRODUCT) -> Series:
    """Return the series of a currency: the same object again and again, whose texts are hashed once."""
    return (f"{place}/{currency}", product)


@lru_cache(maxsize=4_096)
def later_by_months(day: int, months: int) -> int | None:
    """Return the date so many months later, at most the last one of its month; None after 2100."""
    first = date.fromordinal(day)
    year, month = divmod(first.year * _MONTHS + first.month - 1 + months, _MONTHS)
    if year > _LAST_YEAR:
        return None
    length = (
        date(year + (month + 1) // _MONTHS, (month + 1) % _MONTHS + 1, 1) - date(year, month + 1, 1)
    ).days
    return date(year, month + 1, min(first.day, length)).toordinal()
