"""What the events of one customer contribute."""

from datetime import date
from typing import Any

import pytest

from aggregators.cases import derive
from aggregators.customer_measures import CustomerMeasure, kind_of, taken_apart
from aggregators.customers import later_by_months, series_stated
from aggregators.events import Event
from aggregators.facts import Facts
from tests.building import at, configured, event

BASIC = ("product", "basic")
EUROS = ("product/EUR", "basic")


def customer(kind: str, clock: str, **fields: Any) -> Event:
    """Return an event of the customer anna."""
    return event(f"customer.{kind}", clock, case="anna", **fields)


def subscribed(clock: str, mrr: int = 1_000, currency: str = "EUR", **fields: Any) -> Event:
    """Return a subscription of basic."""
    return customer("subscribed", clock, product="basic", mrr=mrr, currency=currency, **fields)


def sums(*events: Event) -> dict[tuple[tuple[str, str], str], int]:
    """Return what the events sum to by series and kind, without zeros."""
    facts: Facts = []
    derive("customers", configured(), list(events), facts)
    found: dict[tuple[tuple[str, str], str], int] = {}
    for _, series, measure, amount, sign in facts:
        for each in taken_apart(measure):
            key = (series, CustomerMeasure(kind_of(each)).name)
            found[key] = found.get(key, 0) + sign * amount
    return {key: amount for key, amount in found.items() if amount}


def dues(*events: Event) -> list[int]:
    """Return when renewals were due, those taken back left out."""
    facts: Facts = []
    derive("customers", configured(), list(events), facts)
    moments = [(fact[0], fact[4]) for fact in facts if kind_of(fact[2]) == CustomerMeasure.DUE]
    return sorted({time for time, _ in moments if sum(sign for each, sign in moments if each == time)})


def test_a_subscription_makes_a_customer_of_the_product_and_of_the_site() -> None:
    """With its revenue in its currency."""
    found = sums(subscribed("10:00", referred=True))
    assert found[BASIC, "CUSTOMERS"] == found[("site", ""), "CUSTOMERS"] == 1
    assert found[BASIC, "REFERRED"] == found[BASIC, "WON"] == found[BASIC, "SALES"] == 1
    assert found[EUROS, "MRR"] == found[EUROS, "MRR_NEW"] == 1_000
    assert found[("site/EUR", ""), "PAYING"] == 1


def test_cancelling_leaves_no_stock() -> None:
    """Whatever was changed between; what happened stays."""
    found = sums(
        subscribed("10:00"),
        customer("changed", "11:00", product="basic", mrr=1_500),
        customer("changed", "12:00", product="basic", mrr=1_200),
        customer("cancelled", "13:00", product="basic"),
    )
    assert {name for _, name in found}.isdisjoint({"CUSTOMERS", "MRR", "PAYING"})
    assert (found[EUROS, "MRR_EXPANDED"], found[EUROS, "MRR_CONTRACTED"]) == (500, 300)
    assert found[EUROS, "MRR_CANCELLED"] == 1_200


def test_a_customer_of_two_products_is_lost_with_the_last() -> None:
    """One product is lost, the site not."""
    plus = customer("subscribed", "10:00", product="plus", mrr=1, currency="EUR")
    found = sums(subscribed("09:00"), plus, customer("cancelled", "11:00", product="basic"))
    assert found[BASIC, "LOST"] == 1
    assert (("site", ""), "LOST") not in found
    assert found[("site/EUR", ""), "PAYING"] == 1


def test_another_currency_goes_on_without_a_loss() -> None:
    """The old revenue is contracted, the new one new."""
    found = sums(subscribed("10:00"), subscribed("11:00", 800, "USD"))
    assert found[EUROS, "MRR_CONTRACTED"] == 1_000
    assert found[("product/USD", "basic"), "MRR"] == 800
    assert (found[BASIC, "CUSTOMERS"], found[BASIC, "WON"]) == (1, 1)
    assert (BASIC, "LOST") not in found


def test_what_has_no_subscription_is_ignored() -> None:
    """Changes, renewals and cancellations before one."""
    assert (
        sums(
            *(
                customer(kind, "10:00", product="basic", **({"mrr": 1} if kind == "changed" else {}))
                for kind in ("changed", "renewed", "cancelled")
            )
        )
        == {}
    )


def test_dues_follow_the_start_of_the_term() -> None:
    """31 January, 28 February, 31 March; a late renewal does not shift them."""
    term = [subscribed("2026-01-31T10:00", term_months=1)]
    assert dues(*term) == [at("2026-02-28T00:00")]
    renewed = customer("renewed", "2026-03-02T10:00", product="basic")
    assert dues(*term, renewed) == [at("2026-02-28T00:00"), at("2026-03-31T00:00")]
    again = subscribed("2026-03-10T10:00", term_months=12)
    assert dues(*term, renewed, again) == [at("2026-02-28T00:00"), at("2027-03-10T00:00")]


@pytest.mark.parametrize(("clock", "is_due"), [("2026-02-27T23:59", False), ("2026-02-28T00:00", True)])
def test_a_renewal_is_due_only_where_the_subscription_still_is(clock: str, *, is_due: bool) -> None:
    """At the first instant of the date it is due."""
    events = [subscribed("2026-01-31T10:00", term_months=1), customer("cancelled", clock, product="basic")]
    assert bool(dues(*events)) == is_due


def test_terms_that_never_end_are_never_due() -> None:
    """None, zero months, a century."""
    for term in ({}, {"term_months": 0}, {"term_months": -1}, {"term_months": 2**53}):
        assert dues(subscribed("10:00", **term)) == []


def test_a_cart_counts_once_and_only_when_it_was_opened() -> None:
    """Opened twice, abandoned twice."""
    kinds = ("cart_abandoned", "cart_opened", "cart_opened", "cart_abandoned", "cart_abandoned")
    events = [customer(kind, f"10:0{number}", cart="k") for number, kind in enumerate(kinds)]
    found = sums(*events)
    assert found == {
        (("product", "none"), "CARTS_OPENED"): 1,
        (("product", "none"), "CARTS_ABANDONED"): 1,
    }


def test_who_has_a_subscription_is_kept() -> None:
    """Open, and yet without a state that waits for anybody; packed at once."""
    kind = derive("customers", configured(), [subscribed("10:00")], [])
    assert (kind.is_open(), kind.is_at_rest(), kind.visits(), kind.place()) == (True, True, (), None)
    assert kind.status().state is None
    later = customer("cancelled", "11:00", product="basic")
    assert kind.holds_for(later)
    kind.step(later, [])
    assert (kind.is_open(), kind.last) == (False, at("11:00"))


def test_months_end_with_their_last_date() -> None:
    """A leap year, December, and the end of all times."""
    cases = {
        (date(2027, 11, 30), 3): date(2028, 2, 29),
        (date(2026, 12, 31), 12): date(2027, 12, 31),
        (date(2100, 11, 30), 1): date(2100, 12, 30),
    }
    for (day, months), expected in cases.items():
        assert later_by_months(day.toordinal(), months) == expected.toordinal()
    assert later_by_months(date(2100, 12, 1).toordinal(), 1) is None


def test_an_event_names_the_series_that_it_may_make_known() -> None:
    """A change makes none known."""
    assert series_stated(subscribed("10:00")) == (BASIC, EUROS)
    assert series_stated(customer("changed", "10:00", product="basic", mrr=1)) == ()
    assert series_stated(customer("visited", "10:00")) == (("product", "none"),)
