"""What is new since the last checkpoint."""

from aggregators.news import News
from tests.building import call


def test_a_case_that_began_needs_no_list_of_its_events() -> None:
    """It is written as a whole."""
    news = News()
    news.begin("c1")
    news.add("c1", call("ended", "10:00"))
    assert (news.begun, news.events) == ({"c1"}, {})


def test_events_of_a_case_known_before_are_kept_in_order() -> None:
    """Two of one case."""
    news = News()
    first, second = call("ended", "10:00"), call("wrapup_ended", "10:01")
    news.add("c1", first)
    news.add("c1", second)
    assert news.events == {"c1": [first, second]}


def test_a_case_that_leaves_is_told_where_it_had_news() -> None:
    """Without news the same step evicts it from what is durable, too; one that comes back has begun."""
    news = News()
    news.leave("quiet")
    news.begin("begun")
    news.leave("begun")
    news.add("known", call("ended", "10:00"))
    news.leave("known")
    assert (news.begun, news.events, news.left) == (set(), {}, {"begun", "known"})
    news.begin("known")
    assert (news.begun, news.left) == ({"known"}, {"begun"})
