"""The types of events."""

from msgspec import UNSET

from aggregators.events import DATA_OF_RANK, RANK_OF_TYPE, TOPIC_OF_RANK, TYPE_NAME, Rank, stated_or


def test_type_names_are_those_of_the_contract() -> None:
    """The first underscore is the dot."""
    assert TYPE_NAME[Rank.CALL_RING_NO_ANSWER] == "call.ring_no_answer"
    assert TYPE_NAME[Rank.CUSTOMER_CART_ABANDONED] == "customer.cart_abandoned"
    assert RANK_OF_TYPE["ticket.created"] == Rank.TICKET_CREATED


def test_every_type_has_a_topic_and_data() -> None:
    """No rank is forgotten."""
    assert set(TOPIC_OF_RANK) == set(DATA_OF_RANK) == {int(rank) for rank in Rank}


def test_ranks_follow_the_rows_with_hold_before_unhold() -> None:
    """Ties of time are broken by them."""
    assert Rank.CALL_OFFERED < Rank.CALL_ANSWERED < Rank.CALL_HOLD < Rank.CALL_UNHOLD < Rank.CALL_ENDED


def test_what_is_not_stated_takes_the_default() -> None:
    """False is stated."""
    assert stated_or(UNSET, "customer") == "customer"
    assert stated_or(False, True) is False  # noqa: FBT003  # the very values in question
