"""Customers subscribe, buy, change their mind and leave."""

from collections import defaultdict

from aggregators.events import CustomerSubscribed, Event, Rank


def test_subscriptions_begin_before_they_change_and_end_once(week: list[Event]) -> None:
    """Nobody renews, changes or cancels what is not there."""
    lives: dict[str, list[Event]] = defaultdict(list)
    for event in week:
        if event.rank >= Rank.CUSTOMER_SUBSCRIBED:
            lives[event.case].append(event)
    assert len(lives) > 100
    about = {Rank.CUSTOMER_CHANGED, Rank.CUSTOMER_RENEWED, Rank.CUSTOMER_CANCELLED}
    for events in lives.values():
        is_subscribed = False
        for event in events:
            assert event.rank not in about or is_subscribed
            is_subscribed = event.rank == Rank.CUSTOMER_SUBSCRIBED or (
                is_subscribed and event.rank != Rank.CUSTOMER_CANCELLED
            )


def test_some_come_by_referral_and_amounts_are_minor_units(week: list[Event]) -> None:
    """In two currencies."""
    begun = [event.data for event in week if isinstance(event.data, CustomerSubscribed)]
    assert {data.referred for data in begun} == {True, False}
    assert {data.currency for data in begun} == {"EUR", "CHF"}
    assert all(data.mrr > 0 for data in begun)
