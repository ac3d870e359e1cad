"""Which facts of customers a period counts."""

from aggregators.customer_measures import (
    AT_START,
    CustomerMeasure,
    amount,
    counted,
    kind_of,
    measure_of,
    products_of,
    reference_of,
)

START, END = 100, 200


def test_what_happens_counts_in_its_period_alone() -> None:
    """At the start it is in, at the end it is not."""
    measure = measure_of(CustomerMeasure.LOST)
    assert [counted(measure, moment, START, END) for moment in (99, 100, 199, 200)] == [
        None,
        measure,
        measure,
        None,
    ]


def test_a_stock_before_the_period_is_there_at_its_start() -> None:
    """Inside it is a change."""
    measure = measure_of(CustomerMeasure.MRR)
    assert counted(measure, 99, START, END) == measure_of(CustomerMeasure.MRR_AT_START)
    assert counted(measure, 100, START, END) == measure
    assert counted(measure, 200, START, END) is None
    assert set(AT_START.values()).isdisjoint(AT_START)


def test_what_refers_to_something_in_the_period_was_counted_there() -> None:
    """An order after another one of the period makes no second buyer."""
    first, second = measure_of(CustomerMeasure.BOUGHT, 99), measure_of(CustomerMeasure.BOUGHT, 100)
    assert counted(first, 150, START, END) == measure_of(CustomerMeasure.BOUGHT)
    assert counted(second, 150, START, END) is None
    assert (kind_of(first), reference_of(first)) == (CustomerMeasure.BOUGHT, 99)


def test_sums_and_products_are_read_by_name() -> None:
    """A missing sum is 0; rows of the site are about no product."""
    assert amount({measure_of(CustomerMeasure.WON): 3}, CustomerMeasure.WON) == 3
    assert amount({}, CustomerMeasure.WON) == 0
    assert products_of([[("product", "a"), ("product/EUR", "b")], [("site", ""), ("site/EUR", "")]]) == {
        "a",
        "b",
    }
