"""Tell the story of each customer once more, for the independent recount.

Guarantee: who was a customer from when to when, what was paid at each moment, and what was due is written
down as spells and dated amounts; nothing is summed here.
Source: EVENTS.md *Customers*; METRICS.md *Customers*: "renewed / due in the period; due = start + term, again
after each renewal; without a term never due". Where they leave something open:
docs/decisions/0016-stocks-and-references-of-customers.md.
Worked number: subscribed on 31 January for one month: due on 28 February; after a renewal on 31 March.
Cost: one walk over the events of a customer.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from aggregators.recount_events import Event
from aggregators.recount_limits import first_instant_of, local_date
from aggregators.recount_timeline import Case

NO_PRODUCT = "none"
SITE = None
LAST_YEAR = 2100


@dataclass(slots=True)
class Spell:
    """Somebody is a customer [start, end) in milliseconds; end: None while it lasts."""

    start: int
    end: int | None = None
    was_referred: bool = False

    def holds_at(self, moment: int) -> bool:
        """Say whether it holds just before a moment: what happens at a period's start is in the period."""
        return self.start < moment and (self.end is None or self.end >= moment)


class Amount(NamedTuple):
    """Monthly revenue moved at a time (ms): kind is new, expanded, contracted or cancelled."""

    time: int
    product: str
    currency: str
    kind: str
    minor_units: int


class Due(NamedTuple):
    """A renewal that was due at the beginning of a local date (ms)."""

    time: int
    product: str
    was_taken: bool


@dataclass(slots=True)
class _Contract:
    currency: str
    mrr: int
    start: date
    months: int
    taken: int = 0

    def renew(self) -> None:
        """Take the earliest renewal that was not taken, if there is one before the end of all times."""
        if self.months > 0 and _months_later(self.start, self.months * (self.taken + 1)) is not None:
            self.taken += 1

    def dues(self, product: str, until: int | None, zone: ZoneInfo) -> list[Due]:
        """Return what was due of it up to its end, those that were taken and the one after them."""
        found = []
        for number in range(1, self.taken + 2):
            day = _months_later(self.start, self.months * number) if self.months > 0 else None
            moment = None if day is None else first_instant_of(day, zone)
            # Rule — only what is still subscribed when it is due is due at all.
            if moment is not None and (until is None or moment <= until):
                found.append(Due(moment, product, number <= self.taken))
        return found


@dataclass(slots=True)
class Story:
    """One customer. spells: by product, `SITE` for any; paying: by product or `SITE`, and currency."""

    spells: dict[str | None, list[Spell]] = field(default_factory=dict)
    paying: dict[tuple[str | None, str], list[Spell]] = field(default_factory=dict)
    amounts: list[Amount] = field(default_factory=list)
    dues: list[Due] = field(default_factory=list)
    sales: list[tuple[int, str, bool]] = field(default_factory=list)
    moments: dict[str, list[int]] = field(default_factory=dict)
    """orders, visits, carts_opened, carts_abandoned, interactions: their times."""
    is_subscribed: bool = False

    def products(self) -> set[str]:
        """Return the products it has to do with."""
        found = {product for product in self.spells if product is not None}
        found |= {product for _, product, _ in self.sales}
        return found | ({NO_PRODUCT} if self.moments else set())


class _Teller:
    def __init__(self, zone: ZoneInfo) -> None:
        self.story = Story()
        self._zone = zone
        self._contracts: dict[str, _Contract] = {}
        self._carts: dict[str, bool] = {}

    def tell(self, event: Event) -> None:
        time, fields = event.time, event.fields
        product = str(fields.get("product"))
        match event.type.removeprefix("customer."):
            case "subscribed":
                self._subscribed(event, product)
            case "changed" if product in self._contracts:
                self._changed(time, product, _integer(fields["mrr"]))
            case "renewed" if product in self._contracts:
                self._contracts[product].renew()
            case "cancelled" if product in self._contracts:
                self._cancelled(time, product)
            case "purchased":
                self.story.sales.append((time, NO_PRODUCT, fields["upsell"] is True))
                self._note("orders", time)
            case "cart_opened" | "cart_abandoned" as what:
                self._cart(time, str(fields["cart"]), is_opened=what == "cart_opened")
            case "visited" | "engaged" as what:
                self._note("visits" if what == "visited" else "interactions", time)

    def end(self) -> Story:
        for product, contract in self._contracts.items():
            self.story.dues += contract.dues(product, None, self._zone)
        self.story.is_subscribed = bool(self._contracts)
        return self.story

    def _cart(self, time: int, cart: str, *, is_opened: bool) -> None:
        """Count each cart once as opened, and after that once as abandoned."""
        if is_opened and cart not in self._carts:
            self._carts[cart] = False
            self._note("carts_opened", time)
        elif not is_opened and self._carts.get(cart) is False:
            self._carts[cart] = True
            self._note("carts_abandoned", time)

    def _note(self, name: str, time: int) -> None:
        self.story.moments.setdefault(name, []).append(time)

    def _move(self, time: int, product: str, kind: str, minor_units: int) -> None:
        currency = self._contracts[product].currency
        self.story.amounts.append(Amount(time, product, currency, kind, minor_units))

    def _subscribed(self, event: Event, product: str) -> None:
        time, fields = event.time, event.fields
        currency, mrr = str(fields["currency"]), _integer(fields["mrr"])
        months = 0 if fields["term_months"] is None else _integer(fields["term_months"])
        self.story.sales.append((time, product, fields["upsell"] is True))
        known = self._contracts.get(product)
        if known is not None:
            self.story.dues += known.dues(product, time, self._zone)
            if known.currency == currency:
                self._changed(time, product, mrr)
            else:
                self._move(time, product, "contracted", known.mrr)
        contract = _Contract(currency, mrr, local_date(time, self._zone), months)
        self._contracts[product] = contract
        if known is None or known.currency != currency:
            self._move(time, product, "new", mrr)
        self._follow(time, was_referred=fields["referred"] is True)

    def _changed(self, time: int, product: str, mrr: int) -> None:
        contract = self._contracts[product]
        if mrr > contract.mrr:
            self._move(time, product, "expanded", mrr - contract.mrr)
        elif mrr < contract.mrr:
            self._move(time, product, "contracted", contract.mrr - mrr)
        contract.mrr = mrr

    def _cancelled(self, time: int, product: str) -> None:
        self._move(time, product, "cancelled", self._contracts[product].mrr)
        self.story.dues += self._contracts.pop(product).dues(product, time, self._zone)
        self._follow(time)

    def _follow(self, time: int, *, was_referred: bool = False) -> None:
        """Begin and end spells so that they are those of the contracts there are now."""
        present: set[str | None] = {*self._contracts, *([SITE] if self._contracts else [])}
        for place in present:
            _begin(self.story.spells.setdefault(place, []), time, was_referred=was_referred)
        for place, spells in self.story.spells.items():
            if place not in present:
                _end(spells, time)
        paid = {(product, contract.currency) for product, contract in self._contracts.items()}
        everywhere: set[tuple[str | None, str]] = {*paid, *((SITE, currency) for _, currency in paid)}
        for payer in everywhere:
            _begin(self.story.paying.setdefault(payer, []), time)
        for payer, spells in self.story.paying.items():
            if payer not in everywhere:
                _end(spells, time)


def story_of(case: Case, zone: ZoneInfo) -> Story:
    """Return the story of one customer; zone: of the site."""
    return told(case.timeline().events, zone)


def told(events: Sequence[Event], zone: ZoneInfo) -> Story:
    """Return the story that events in timeline order tell."""
    teller = _Teller(zone)
    for event in events:
        teller.tell(event)
    return teller.end()


def _begin(spells: list[Spell], time: int, *, was_referred: bool = False) -> None:
    if not spells or spells[-1].end is not None:
        spells.append(Spell(time, None, was_referred))


def _end(spells: list[Spell], time: int) -> None:
    if spells and spells[-1].end is None:
        spells[-1].end = time


def _months_later(day: date, months: int) -> date | None:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    if year > LAST_YEAR:
        return None
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _integer(value: object) -> int:
    assert isinstance(value, int | float)
    return int(value)
