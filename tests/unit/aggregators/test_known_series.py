"""Which pairs are known."""

from aggregators.facts import Fact
from aggregators.known_series import KnownSeries, lasting_series
from aggregators.ledger import PartitionLedger
from tests.building import at, configured, ticket

MAIL, NONE = ("email", "mail"), ("email", "none")


def fact(series: tuple[str, str], sign: int = 1) -> Fact:
    """Return a fact of a pair."""
    return (0, series, 0, 1, sign)


def test_what_was_withdrawn_leaves_no_pair_behind() -> None:
    """+1 −1 in one pair, +1 in the other."""
    known = KnownSeries()
    known.add([fact(NONE)])
    assert known.pairs() == {NONE}
    known.add([fact(NONE, -1), fact(MAIL)])
    assert known.pairs() == {MAIL}
    assert lasting_series([fact(NONE), fact(NONE, -1), fact(MAIL)]) == {MAIL}


def test_a_case_without_facts_is_known_at_its_present_place() -> None:
    """It moved from one pair to the other."""
    known = KnownSeries()
    known.move(None, NONE)
    known.move(NONE, MAIL)
    assert known.pairs() == {MAIL}


def test_pairs_of_cases_that_left_stay_known() -> None:
    """Also when nothing counts there any more."""
    known = KnownSeries()
    known.add([fact(MAIL)])
    known.keep([MAIL])
    known.add([fact(MAIL, -1)])
    assert known.pairs() == {MAIL}


def test_a_flood_is_cut_back_to_the_pairs_in_use() -> None:
    """The others are forgotten."""
    known = KnownSeries()
    known.add([fact(MAIL), fact(NONE)])
    known.keep([NONE])
    known.restrict({MAIL})
    assert (known.pairs(), known.most()) == ({MAIL}, 1)


def test_the_order_of_delivery_does_not_decide_what_is_known() -> None:
    """An assignment without a queue before its creation in mail leaves no ("email", "none")."""
    events = [ticket("assigned", "10:05"), ticket("created", "10:00", queue="mail")]
    found = []
    for order in (events, events[::-1]):
        ledger = PartitionLedger("tickets", configured())
        for number, event in enumerate(order):
            ledger.fold([event], number + 1)
        found.append(ledger.moment(at("10:06"), at("10:06:10")).known)
    assert found == [{MAIL}, {MAIL}]


def test_a_crowd_is_counted_without_what_was_withdrawn() -> None:
    """Two pairs were touched, one is left."""
    known = KnownSeries()
    known.add([fact(NONE), fact(NONE, -1), fact(MAIL)])
    assert known.most() == 2
    assert not known.is_crowded(1)
    assert known.is_crowded(0)


def test_a_set_of_pairs_follows_what_is_touched() -> None:
    """Pairs come and go."""
    known, pairs = KnownSeries(), {NONE}
    known.add([fact(NONE)])
    known.touched = set()
    known.add([fact(NONE, -1), fact(MAIL)])
    known.follow(pairs)
    assert pairs == known.pairs() == {MAIL}
    known.keep([NONE])
    known.follow(pairs)
    assert pairs == known.pairs() == {MAIL, NONE}
