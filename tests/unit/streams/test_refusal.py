"""The reasons of refusals are a contract of their own."""

from streams.refusal import Reason, Refusal


def test_the_reasons_are_these() -> None:
    """Dashboards and readers of dead letters rely on the words: adding one is fine, changing one is not."""
    assert {str(reason) for reason in Reason} == {
        "empty",
        "too_large",
        "invalid_utf8",
        "invalid_json",
        "not_an_object",
        "missing_attribute",
        "missing_field",
        "wrong_type",
        "invalid_value",
        "unknown_type",
        "number_out_of_range",
        "invalid_time",
        "time_out_of_range",
        "future_time",
        "key_missing",
        "key_mismatch",
        "wrong_topic",
        "expired",
        "case_full",
        "too_many_cases",
        "too_many_queues",
    }


def test_equal_refusals_are_equal() -> None:
    """A refusal is a value."""
    assert Refusal(Reason.EMPTY, "tombstone") == Refusal(Reason.EMPTY, "tombstone")
