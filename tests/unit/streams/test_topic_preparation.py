"""Which topics have to be there, said before the processor starts (the rest is tested on a real broker)."""

from streams.topic_preparation import CHANGELOG_SETTINGS, TopicsMissing


def test_missing_topics_are_named_with_what_to_do() -> None:
    """All of them at once."""
    message = str(TopicsMissing(["support.calls", "support.dead-letters"]))
    assert "support.calls, support.dead-letters" in message
    assert "supportpulse topics create" in message


def test_a_changelog_keeps_everything_until_it_is_deleted_by_offset() -> None:
    """Neither retention nor compaction may take a checkpoint."""
    assert CHANGELOG_SETTINGS == {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
