"""Names that reach a broker: literals in this one place, never derived from import paths.

Guarantee: renaming a module, class or function changes nothing on the wire; changing a line here is a
migration, because running groups, changelogs and dead letters are found by these names.

Worked: group "supportpulse", topic "calls" → changelog `supportpulse-calls-changelog`, agent
`supportpulse-fold-calls`.
"""

from typing import Final

from aggregators.announcements import Word
from aggregators.events import Topic

TRANSPORT_SCHEME: Final = "supportpulse-batches"
"""URL scheme of the Faust transport that yields batches."""
STORE_SCHEME: Final = "supportpulse-ledgers"
"""URL scheme of the Faust store with one ledger per partition; an empty one would give Faust's own."""

CHECKPOINT_HEADER: Final = "supportpulse-checkpoint"
"""Header of every changelog record; its value is JSON, see `streams.changelog`."""

REASON_HEADER: Final = "reason"
DETAIL_HEADER: Final = "detail"
SOURCE_TOPIC_HEADER: Final = "source-topic"
SOURCE_PARTITION_HEADER: Final = "source-partition"
SOURCE_OFFSET_HEADER: Final = "source-offset"
VALUE_OMITTED_HEADER: Final = "value-omitted"
"""Set where the broker refuses a dead letter for its size: the record is then only in the source topic."""

SLA_EVENT_TYPES: Final[dict[Word, str]] = {
    "at_risk": "sla.at_risk",
    "breached": "sla.breached",
    "met": "sla.met",
    "withdrawn": "sla.withdrawn",
}
"""CloudEvents types of what is announced of SLA targets."""

STATE_VERSION: Final = 3
"""Version of what the changelog's chunks hold; which others are read: `aggregators.state_versions`."""


def redis_prefix(stated: str, group: str) -> str:
    """Return what every key in Redis begins with; the rest of the keys: exporters.fleet_store."""
    return stated.replace("{group}", group)


def sla_event_source(group: str) -> str:
    """Return the CloudEvents source of what is announced: the same for all workers of a group."""
    return f"/supportpulse/{group}"


def changelog_topic(group: str, topic: Topic) -> str:
    """Return the name of the changelog topic of a source topic's table."""
    return f"{group}-{topic}-changelog"


def table_name(group: str, topic: Topic) -> str:
    """Return the name of the Faust table with the ledgers of a source topic."""
    return f"{group}-{topic}"


def agent_name(group: str, topic: Topic) -> str:
    """Return the name of the Faust agent that folds a source topic."""
    return f"{group}-fold-{topic}"


def client_id(group: str, topic: Topic | None = None) -> str:
    """Return what the broker's logs and quotas call a connection of this program."""
    return group if topic is None else f"{group}-{topic}"
