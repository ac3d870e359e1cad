"""The additive measures of customers, and which of them a period counts.

Guarantee: every number of customers comes from these integers, money in minor units, of one currency each.
Three kinds of facts lie in the rows: what happens counts in the period that it happens in; stocks (customers,
monthly revenue) are changes, so that their sum before a period is what there was at its start; and what is
counted once per customer and period carries a reference, an earlier moment of the same customer, and counts
where that lies before the period.

    orders of one customer     x1            x2      x3            reference of x2 is x1, of x3 is x2
    period                          [ ·································· )
    counts as a buyer                        x2                    x1 lies before the period, x2 does not

So customers with an order are a sum over orders: of all orders of one customer in a period exactly the first
has its predecessor before it.

What always happens together is one fact, a compound, and lies as one in the rows: a first subscription is 7
facts instead of 12, a first order one instead of four. Whoever counts takes them apart (`taken_apart`).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

from aggregators.measures import Parts, Series

SHIFT: Final = 44
"""Bits of the reference: milliseconds until 2101 need 42."""
REFERENCE: Final = (1 << SHIFT) - 1


class CustomerMeasure(IntEnum):
    """What rows of customers sum. Numbers are never used for something else."""

    CUSTOMERS = 1  # stock: those with a subscription
    PAYING = 2  # stock: the same by currency
    MRR = 3  # stock, money
    CUSTOMERS_AT_START = 4  # what stocks were at the start of a period: only there, never a fact
    PAYING_AT_START = 5
    MRR_AT_START = 6
    WON = 7
    REFERRED = 8  # of those won
    LOST = 9
    LOST_SINCE = 10  # with the moment they were won: those who were customers at the start
    JOINED = 11  # with the moment they were lost before: those who became customers, each once
    MRR_NEW = 12
    MRR_EXPANDED = 13
    MRR_CONTRACTED = 14
    MRR_CANCELLED = 15
    DUE = 16
    RENEWED = 17  # at the moment it was due
    SALES = 18  # subscriptions and orders
    UPSELLS = 19
    ORDERS = 20
    VISITS = 21
    CARTS_OPENED = 22
    CARTS_ABANDONED = 23
    INTERACTIONS = 24
    BOUGHT = 25  # an order, with the one before: buyers
    BOUGHT_AGAIN = 26  # an order that is not the first, with the one before of that kind
    BOUGHT_TWICE = 27  # an order, with the one before the one before: at most two per customer
    BEGUN = 28  # compounds: see `_COMPOUNDS`
    MRR_BEGUN = 29
    FIRST_ORDER = 30


AT_START: Final[dict[int, CustomerMeasure]] = {
    CustomerMeasure.CUSTOMERS: CustomerMeasure.CUSTOMERS_AT_START,
    CustomerMeasure.PAYING: CustomerMeasure.PAYING_AT_START,
    CustomerMeasure.MRR: CustomerMeasure.MRR_AT_START,
}
"""Stock → what its sum before a period is called."""

PLANNED: Final = frozenset({CustomerMeasure.DUE, CustomerMeasure.RENEWED})
"""What is dated at the first instant of a local date, perhaps in the future."""

OF_SITE: Final = frozenset(
    {
        CustomerMeasure.CUSTOMERS,
        CustomerMeasure.CUSTOMERS_AT_START,
        CustomerMeasure.PAYING,
        CustomerMeasure.PAYING_AT_START,
        CustomerMeasure.WON,
        CustomerMeasure.REFERRED,
        CustomerMeasure.LOST,
        CustomerMeasure.LOST_SINCE,
        CustomerMeasure.JOINED,
    }
)
"""Counted for the whole site apart: a customer of two products is one customer."""

PRODUCT: Final = "product"
SITE: Final = "site"
"""Whose row it is, the first part of a series; money adds its currency. The second part is the product."""
NO_PRODUCT: Final = "none"
"""Where events lie that name no product: orders, carts, visits, interactions."""


def measure_of(kind: CustomerMeasure, reference: int = 0) -> int:
    """Return the measure of a fact; reference: a moment (ms) or date before it, 0 where there was none."""
    return (kind << SHIFT) | reference


def kind_of(measure: int) -> int:
    """Return which `CustomerMeasure` a measure is."""
    return measure >> SHIFT


def reference_of(measure: int) -> int:
    """Return the reference of a measure, 0 where there is none."""
    return measure & REFERENCE


_COMPOUNDS: Final = {
    CustomerMeasure.BEGUN: (CustomerMeasure.CUSTOMERS, CustomerMeasure.WON, CustomerMeasure.JOINED),
    CustomerMeasure.MRR_BEGUN: (CustomerMeasure.MRR_NEW, CustomerMeasure.MRR),
    CustomerMeasure.FIRST_ORDER: (
        CustomerMeasure.SALES,
        CustomerMeasure.ORDERS,
        CustomerMeasure.BOUGHT,
        CustomerMeasure.BOUGHT_TWICE,
    ),
}
"""Each says its amount of all of these, without a reference to anything before."""

_PLAIN: Final = {
    measure_of(kind): tuple(measure_of(part) for part in parts) for kind, parts in _COMPOUNDS.items()
}


def taken_apart(measure: int) -> tuple[int, ...]:
    """Return the measures that a compound stands for, any other one alone."""
    return _PLAIN.get(measure) or (measure,)


def counted(measure: int, moment: int, start: int, end: int) -> int | None:
    """Return the key under which the period [start, end) counts a fact, None where it does not.

    moment, start, end and the measure's reference: all in milliseconds, or all of them local dates.
    """
    kind = measure >> SHIFT
    if moment >= end:
        return None
    if moment < start:
        return AT_START[kind] << SHIFT if kind in AT_START else None
    reference = measure & REFERENCE
    return measure - reference if reference < start else None


def amount(parts: Parts, kind: CustomerMeasure) -> int:
    """Return one sum of a period."""
    return parts.get(kind << SHIFT, 0)


def products_of(rows: Iterable[Iterable[Series]]) -> set[str]:
    """Return the products that some series are about."""
    return {product for row in rows for place, product in row if place.partition("/")[0] == PRODUCT}
