"""Names on the wire are literals: changing one is a migration."""

from streams import wire_names


def test_names_are_what_running_installations_have() -> None:
    """Whoever changes one of these loses state, letters or group members."""
    assert wire_names.changelog_topic("supportpulse", "calls") == "supportpulse-calls-changelog"
    assert wire_names.table_name("supportpulse", "calls") == "supportpulse-calls"
    assert wire_names.agent_name("supportpulse", "calls") == "supportpulse-fold-calls"
    assert wire_names.client_id("supportpulse") == "supportpulse"
    assert wire_names.redis_prefix("supportpulse:{group}:", "berlin") == "supportpulse:berlin:"
    assert wire_names.CHECKPOINT_HEADER == "supportpulse-checkpoint"
    assert [
        wire_names.REASON_HEADER,
        wire_names.DETAIL_HEADER,
        wire_names.SOURCE_TOPIC_HEADER,
        wire_names.SOURCE_PARTITION_HEADER,
        wire_names.SOURCE_OFFSET_HEADER,
        wire_names.VALUE_OMITTED_HEADER,
    ] == ["reason", "detail", "source-topic", "source-partition", "source-offset", "value-omitted"]
