"""Customers who subscribe, buy, come by, change their mind and leave.

Guarantee: every event obeys the event contract; a customer's own dice decide, so that customers change
nothing else of a run.

Worked: a customer subscribes to `basic` for 9.90 EUR a month at 10:00, comes by and fills a cart the day
after, buys or abandons it, takes the renewal a month later, and some months after that cancels.
"""

from __future__ import annotations

from itertools import count
from random import Random
from typing import Final

from streams.simulation.agenda import Agenda, Process
from streams.simulation.chance import seeded
from streams.simulation.journal import CaseJournal, Journal
from streams.simulation.plan import DAY, HOUR, SimulationPlan

_PRODUCTS: Final = (("basic", 990), ("basic", 990), ("plus", 2_490), ("team", 9_900))
_CURRENCIES: Final = ("EUR", "EUR", "EUR", "CHF")
_TERMS: Final = (None, 1, 1, 12)
_CONTACTS_A_CUSTOMER: Final = 100
"""So many contacts in the busiest hour bring one new customer an hour."""

_SUBSCRIBES: Final = 0.6
_REFERRED: Final = 0.2
_UPSELL: Final = 0.15
_BUYS: Final = 0.4
_FORGETS: Final = 0.1
"""Whoever has no subscription does not come back, after a visit."""


class Customers:
    """Brings new customers and lets each live."""

    def __init__(self, plan: SimulationPlan, agenda: Agenda, journal: Journal) -> None:
        self._plan = plan
        self._agenda = agenda
        self._journal = journal
        self._random = seeded(plan.seed, "customers")
        self._numbers = count(1)
        agenda.begin(self._arrivals())

    def _arrivals(self) -> Process:
        while True:
            yield self._while(HOUR * _CONTACTS_A_CUSTOMER / self._plan.rate)
            self._agenda.begin(self._life(next(self._numbers)))

    def _life(self, number: int) -> Process:
        subject = f"customer-{self._plan.token}-{number}"
        # A subject of its own, and dice of its own: a longer run begins like a shorter one.
        case = CaseJournal(self._journal, "customers", source="/simulator/customers", subject=subject)
        random = seeded(self._plan.seed, subject)
        product, price = random.choice(_PRODUCTS)
        term = random.choice(_TERMS)
        currency = random.choice(_CURRENCIES)
        is_subscribed = random.random() < _SUBSCRIBES
        if is_subscribed:
            case.write(
                "customer.subscribed",
                product=product,
                mrr=price,
                currency=currency,
                referred=random.random() < _REFERRED,
                upsell=random.random() < _UPSELL,
                **({} if term is None else {"term_months": term}),
            )
        carts = count(1)
        while True:
            yield from self._visit(case, random, currency, f"cart-{next(carts)}")
            if not is_subscribed and random.random() < _FORGETS:
                return
            yield int(random.expovariate(1 / (2 * DAY)) / self._plan.ticket_haste) + 1_000
            if is_subscribed:
                is_subscribed = self._think(case, random, product, price, has_term=term is not None)

    def _visit(self, case: CaseJournal, random: Random, currency: str, cart: str) -> Process:
        case.write("customer.visited")
        if random.random() < _BUYS:
            yield self._pause(random)
            case.write("customer.cart_opened", cart=cart)
            yield self._pause(random)
            if random.random() < _BUYS:
                case.write(
                    "customer.purchased",
                    amount=random.randrange(500, 20_000),
                    currency=currency,
                    cart=cart,
                    upsell=random.random() < _UPSELL,
                )
            else:
                case.write("customer.cart_abandoned", cart=cart)
        if random.random() < _BUYS:
            yield self._pause(random)
            case.write("customer.engaged", kind=random.choice(("newsletter", "community", "event")))

    def _think(self, case: CaseJournal, random: Random, product: str, price: int, *, has_term: bool) -> bool:
        """Let a subscriber do something about the subscription now and then; say whether it goes on."""
        chance = random.random()
        if chance < 0.04:  # noqa: PLR2004  # one thought in twenty-five
            case.write("customer.cancelled", product=product)
            return False
        if chance < 0.10:  # noqa: PLR2004  # a little more often
            case.write("customer.changed", product=product, mrr=price + random.randrange(-4, 9) * 100)
        elif chance < 0.25 and has_term:  # noqa: PLR2004  # and this more often still
            case.write("customer.renewed", product=product)
        return True

    def _pause(self, random: Random) -> int:
        return int(random.expovariate(1 / 60_000)) + 1_000

    def _while(self, mean: float) -> int:
        return int(self._random.expovariate(1 / mean)) + 1_000
