"""Facts are plain data with names for people."""

from streams.diagnosis.facts import MemberFacts


def test_a_member_is_called_by_its_instance_where_it_has_one() -> None:
    """Else by its client."""
    named = MemberFacts(instance="w1", client="supportpulse", host="10.0.0.1")
    assert named.name == "w1 at 10.0.0.1"
    assert MemberFacts(instance="", client="kcat", host="10.0.0.9").name == "kcat at 10.0.0.9"
