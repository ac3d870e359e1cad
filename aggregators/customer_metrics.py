"""Samples of customers: every metric of the customers table per product and for the whole site.

Guarantee: the site's numbers are computed from summed parts; customers are those of the site, so that one of
two products counts once. Without any customer event there is no sample at all. Products beyond the bound are
summed as `__other__`, where a customer of two of them counts twice.

Worked: a customer of `a` and `b` who cancels `a` is lost for `a`, and not for the site.
Cost: 60 µs for a product that has changed, 1 µs where its sums are the same objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from aggregators.catalogue import CURRENCY_LABEL, CUSTOMER_PREFIXES, customer_name
from aggregators.catalogue.customers import CUSTOMER_METRICS
from aggregators.catalogue.metric import CustomerView, Scope
from aggregators.configuration import Configuration, CustomerOptions
from aggregators.customer_measures import (
    OF_SITE,
    PRODUCT,
    SITE,
    CustomerMeasure,
    amount,
    kind_of,
    products_of,
)
from aggregators.measures import Parts, Series, add_parts
from aggregators.samples import Labels, Sample
from aggregators.state_metrics import OTHER

_PRODUCT_SCOPE, _SITE_SCOPE = (scope for _, _, scope in CUSTOMER_PREFIXES)
_BETWEEN: Final = "/"
_Rows = Mapping[Series, Parts]
_Addends = tuple[tuple[str, Parts], ...]
"""(first part of the series, sums) of one product, or of the site."""


class CustomerDerivation:
    """Derives one period tick after tick; products that have not changed are not derived again."""

    def __init__(self, options: CustomerOptions, *, is_state: bool = False) -> None:
        """Prepare; is_state: for the metrics of now instead of those of periods."""
        self._options = options
        self._is_state = is_state
        self._derived: dict[str, tuple[_Addends, list[Sample]]] = {}
        self._site: tuple[_Addends, list[Sample]] = ((), [])

    def samples(self, rows: _Rows, products: Iterable[str]) -> list[Sample]:
        """Return all samples of this tick, without the label `window`.

        rows: sums as `customer_measures.counted` names them, which nobody changes afterwards; products: those
        that have counts of 0.
        """
        by_product: dict[str, list[tuple[str, Parts]]] = {product: [] for product in sorted(products)}
        of_site: list[tuple[str, Parts]] = []
        for (place, product), parts in sorted(rows.items()):
            if place.partition(_BETWEEN)[0] == SITE:
                of_site.append((place, parts))
            else:
                by_product.setdefault(product, []).append((place, parts))
        for product in self._derived.keys() - by_product.keys():
            del self._derived[product]
        found: list[Sample] = []
        for product, addends in by_product.items():
            found += self._of_product(product, tuple(addends))
        everything = (*of_site, *(each for addends in by_product.values() for each in addends))
        return found + self._of_site(everything) if by_product else found

    def _of_product(self, product: str, addends: _Addends) -> list[Sample]:
        derived = self._derived.get(product)
        if derived is None or not _are_the_same(derived[0], addends):
            samples = self._samples(addends, _PRODUCT_SCOPE, (("product", product),))
            derived = self._derived[product] = (addends, samples)
        return derived[1]

    def _of_site(self, addends: _Addends) -> list[Sample]:
        if not self._site[1] or not _are_the_same(self._site[0], addends):
            self._site = (addends, self._samples(_for_site(addends), _SITE_SCOPE, ()))
        return self._site[1]

    def _samples(self, addends: _Addends, scope: Scope, place: Labels) -> list[Sample]:
        counts: Parts = {}
        money: dict[str, Parts] = {}
        for name, parts in addends:
            _, between, currency = name.partition(_BETWEEN)
            add_parts(money.setdefault(currency, {}) if between else counts, parts)
        money = {currency: parts for currency, parts in money.items() if any(parts.values())}
        found: list[Sample] = []
        for metric in CUSTOMER_METRICS:
            if metric.is_state is not self._is_state:
                continue
            name = customer_name(metric, scope)
            for currency in sorted(money) if metric.by_currency else ("",):
                labels = (*place, (CURRENCY_LABEL, currency)) if metric.by_currency else place
                view = CustomerView(counts, money, self._options, currency)
                found += [
                    Sample(name, (*labels, *zip(metric.own_labels, own, strict=True)), value)
                    for value, own in zip(metric.values(view), metric.domain, strict=True)
                    if value is not None
                ]
        return found


def customer_samples(rows: _Rows, products: Iterable[str], options: CustomerOptions) -> list[Sample]:
    """Return all samples of one period; arguments as in `CustomerDerivation`."""
    return CustomerDerivation(options).samples(rows, products)


def lifetime_samples(rows: _Rows, products: Iterable[str], options: CustomerOptions) -> list[Sample]:
    """Return the samples of now; rows: those of the last 30 local dates."""
    return CustomerDerivation(options, is_state=True).samples(rows, products)


def bounded_products(rows: Mapping[str, _Rows], configuration: Configuration) -> dict[str, _Rows]:
    """Return the sums of periods with the products beyond `max_queues` summed under `__other__`.

    Kept are those with most sales and customers in any period, then the first by name.
    """
    products = products_of(rows.values())
    if len(products) <= configuration.max_queues:
        return dict(rows)
    weight = dict.fromkeys(products, 0)
    for period in rows.values():
        for (place, product), parts in period.items():
            if place == PRODUCT:
                size = amount(parts, CustomerMeasure.SALES)
                size += amount(parts, CustomerMeasure.CUSTOMERS_AT_START)
                weight[product] = max(weight[product], size)
    ranked = sorted(products, key=lambda product: (-weight[product], product))
    shown = set(ranked[: configuration.max_queues])
    bounded: dict[str, _Rows] = {}
    for label, period in rows.items():
        sums: dict[Series, Parts] = {}
        for (place, product), parts in period.items():
            is_of_site = place.partition(_BETWEEN)[0] == SITE
            if is_of_site or (product in shown and product != OTHER):
                sums[place, product] = parts
            else:
                add_parts(sums.setdefault((place, OTHER), {}), parts)
        bounded[label] = sums
    return bounded


def _are_the_same(known: _Addends, addends: _Addends) -> bool:
    return len(known) == len(addends) and all(
        mine[0] == theirs[0] and mine[1] is theirs[1] for mine, theirs in zip(known, addends, strict=True)
    )


def _for_site(addends: _Addends) -> _Addends:
    """Return what the site sums: of products all but what it counts itself."""
    return tuple(
        (
            name,
            parts
            if name.partition(_BETWEEN)[0] == SITE
            else {key: value for key, value in parts.items() if kind_of(key) not in OF_SITE},
        )
        for name, parts in addends
    )
