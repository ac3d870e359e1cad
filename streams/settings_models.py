"""The shape of the configuration: every section and key with type, default, meaning and an example.

This is the single source of the keys: loading, error messages and docs/configuration.md are made from it.
Durations are held in milliseconds. What one key means for another is checked in `streams.settings_checks`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from aggregators.business_calendar import Weekday
from aggregators.configuration import Formula
from aggregators.events import Channel, Topic
from streams.settings_customers import CustomersSection, SurveysSection
from streams.settings_redis import RedisSection
from streams.settings_section import Section, secret
from streams.settings_sla_events import SlaEventsSection
from streams.settings_values import (
    Duration,
    HttpAddress,
    Intervals,
    Label,
    LocalDate,
    OptionalPath,
    OptionalText,
    Port,
    PositiveDuration,
    Ratio,
    TimeZone,
    TopicName,
    WindowLength,
    duration,
    upper,
)

HOUR = 3_600_000
DAY = 24 * HOUR


class SiteSection(Section):
    """The support centre as a whole."""

    name: str = Field(default="", description="Shown on the board.", examples=["Berlin"])
    time_zone: TimeZone = Field(
        default="UTC",
        description="IANA time zone of `today`, and of calendars without one of their own.",
        examples=["Europe/Berlin"],
    )
    max_queues: int = Field(
        default=200,
        ge=1,
        description="How many queues are shown by name; the rest are summed up as `__other__`.",
        examples=[500],
    )


class SecuritySection(Section):
    """How to log in to Kafka."""

    protocol: Annotated[Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"], BeforeValidator(upper)] = (
        Field(default="PLAINTEXT", description="Kafka's security protocol.", examples=["SASL_SSL"])
    )
    mechanism: Annotated[
        Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None, BeforeValidator(upper)
    ] = Field(
        default=None, description="SASL mechanism; needed with a SASL protocol.", examples=["SCRAM-SHA-512"]
    )
    username: str = Field(default="", description="SASL user name.", examples=["supportpulse"])
    password: str = Field(
        default="", repr=False, description="SASL password; `password_file` is better.", examples=["secret"]
    )
    password_file: OptionalPath = Field(
        default=None, description="File with the SASL password.", examples=["/run/secrets/kafka"]
    )
    ca_file: OptionalPath = Field(
        default=None,
        description="PEM certificates of the authority that signed the brokers'; none: the system's.",
        examples=["/etc/kafka/ca.pem"],
    )
    cert_file: OptionalPath = Field(
        default=None, description="PEM certificate of this client.", examples=["/etc/kafka/client.pem"]
    )
    key_file: OptionalPath = Field(
        default=None, description="PEM private key of that certificate.", examples=["/etc/kafka/client.key"]
    )

    def secret(self) -> str | None:
        """Return the password as stated or from its file. Raises OSError when that cannot be read."""
        return secret(self.password, self.password_file)


class TopicsSection(Section):
    """What the topics are called in this Kafka."""

    tickets: TopicName = Field(
        default="support.tickets", description="Events of tickets.", examples=["crm.tickets"]
    )
    calls: TopicName = Field(default="support.calls", description="Events of calls.", examples=["pbx.calls"])
    chats: TopicName = Field(default="support.chats", description="Events of chats.", examples=["web.chats"])
    agents: TopicName = Field(
        default="support.agents", description="States of agents.", examples=["pbx.agents"]
    )
    surveys: TopicName = Field(
        default="support.surveys", description="Survey responses.", examples=["crm.surveys"]
    )
    customers: TopicName = Field(
        default="support.customers", description="Events of customers.", examples=["shop.customers"]
    )
    dead_letters: TopicName = Field(
        default="support.dead-letters",
        description="Where refused records go, unchanged.",
        examples=["support.refused"],
    )
    sla_events: TopicName = Field(
        default="support.sla.events",
        description="Where outcomes of SLA targets are announced, see `[sla_events]`.",
        examples=["crm.sla-events"],
    )

    def name_of(self, topic: Topic) -> str:
        """Return what a source topic is called in this Kafka."""
        name: str = getattr(self, topic)
        return name


class KafkaSection(Section):
    """The event log."""

    bootstrap: str = Field(
        default="localhost:9092",
        min_length=1,
        description="Brokers to begin with, separated by commas.",
        examples=["kafka-1:9092,kafka-2:9092"],
    )
    group: TopicName = Field(
        default="supportpulse",
        description="Consumer group, and the beginning of the names of this application's own topics.",
        examples=["supportpulse-test"],
    )
    max_future_skew: Duration = Field(
        default=300_000,
        description="How far an event may be dated ahead of its record's Kafka timestamp.",
        examples=["1m"],
    )
    security: SecuritySection = SecuritySection()
    topics: TopicsSection = TopicsSection()


class HttpSection(Section):
    """Metrics, health and the live board."""

    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address to listen on. Beyond loopback a token is needed, or `open = true`.",
        examples=["0.0.0.0"],  # noqa: S104  # an example, with the rule beside it
    )
    port: Port = Field(default=9464, description="TCP port; 0 lets the system choose.", examples=[9464])
    token: str = Field(
        default="",
        repr=False,
        description="Bearer token of readers; better kept in `token_file`.",
        examples=["secret"],
    )
    token_file: OptionalPath = Field(
        default=None, description="File with the token.", examples=["/run/secrets/token"]
    )
    advertised: HttpAddress = Field(
        default="",
        description="Where exporters reach this worker, when they ask for the cases behind a number; empty: "
        "the host and port listened on, and for `0.0.0.0` the machine's address on its way to Redis.",
        examples=["http://worker-1:9464"],
    )
    open: bool = Field(default=False, description="Serve beyond loopback without any token.", examples=[True])

    def secret(self) -> str | None:
        """Return the token as stated or from its file. Raises OSError when that cannot be read."""
        return secret(self.token, self.token_file)


class ClockSection(Section):
    """What "now" is."""

    mode: Literal["wall", "event"] = Field(
        default="wall",
        description="`wall`: the clock. `event`: the newest event time seen in any partition, for replays.",
        examples=["event"],
    )


class HorizonSection(Section):
    """How far back late events still change the numbers."""

    default: PositiveDuration = Field(
        default=48 * HOUR, description="Horizon of tickets, calls and chats.", examples=["7d"]
    )
    surveys: PositiveDuration = Field(default=100 * DAY, description="Horizon of surveys.", examples=["100d"])
    customers: PositiveDuration = Field(
        default=400 * DAY, description="Horizon of customers.", examples=["400d"]
    )


class RetentionSection(Section):
    """How long a case is kept after its last event. At least the horizon and one hour are always kept."""

    tickets: PositiveDuration | None = Field(
        default=None,
        description="Tickets: 30 days, or the horizon and one hour where that is longer.",
        examples=["90d"],
    )
    calls: PositiveDuration | None = Field(
        default=None,
        description="Calls: 72 hours, or the horizon and one hour where that is longer.",
        examples=["72h"],
    )
    chats: PositiveDuration | None = Field(
        default=None,
        description="Chats: 72 hours, or the horizon and one hour where that is longer.",
        examples=["72h"],
    )


class MaxOpenSection(Section):
    """How long a contact without any event still counts as open."""

    calls: PositiveDuration = Field(
        default=12 * HOUR, description="Calls; then they are stale.", examples=["4h"]
    )
    chats: PositiveDuration = Field(
        default=7 * DAY, description="Chats; then they are stale.", examples=["2d"]
    )


def _one_for_all(value: object) -> object:
    """Take one duration as the horizon of everything."""
    if isinstance(value, str):
        duration(value)
        return {"default": value, "surveys": value, "customers": value}
    return value


class WindowsSection(Section):
    """Which windows there are, and how long numbers and cases are kept."""

    lengths: tuple[WindowLength, ...] = Field(
        default=("5m", "15m", "30m", "1h", "today"),
        min_length=1,
        description="The windows, as durations or `today`; what is written here is the label `window`.",
        examples=[["5m", "1h", "24h", "today"]],
    )
    resolution: PositiveDuration = Field(
        default=10_000,
        description="Windows end at multiples of it; divides 60 s.",
        examples=["5s"],
    )
    horizon: Annotated[HorizonSection, BeforeValidator(_one_for_all)] = HorizonSection()
    retention: RetentionSection = RetentionSection()
    max_open: MaxOpenSection = MaxOpenSection()


class ServiceLevelSection(Section):
    """Service level of one channel. A key that is not stated comes from the more general section."""

    threshold: Duration | None = Field(
        default=None,
        description="Answered within this wait is in time (T): 20 s for calls, 60 s for chats.",
        examples=["30s"],
    )
    short_abandon: Duration | None = Field(
        default=None, description="Hanging up before this wait is a short abandon (S): 5 s.", examples=["10s"]
    )
    target: Ratio | None = Field(default=None, description="Share to be reached: 0.80.", examples=[0.9])
    formula: Formula | None = Field(
        default=None,
        description="How the ratio is computed, see docs/metrics.md: `excluding_short`.",
        examples=["answered_only"],
    )


class SlaSection(Section):
    """One target of tickets. No section, no target; keys left out of a section have these defaults."""

    clock: Literal["calendar", "business"] | None = Field(
        default=None,
        description="`calendar`: every hour counts. `business`: the queue's hours count.",
        examples=["business"],
    )
    low: PositiveDuration | None = Field(
        default=None, description="Time allowed, priority low: 24 h.", examples=["3d"]
    )
    normal: PositiveDuration | None = Field(
        default=None, description="Priority normal: 8 h.", examples=["8h"]
    )
    high: PositiveDuration | None = Field(default=None, description="Priority high: 4 h.", examples=["4h"])
    urgent: PositiveDuration | None = Field(
        default=None, description="Priority urgent: 1 h.", examples=["30m"]
    )
    target: Ratio | None = Field(default=None, description="Share to be reached: 0.95.", examples=[0.9])


class SlaSections(Section):
    """Targets of tickets."""

    first_response: SlaSection | None = None
    next_response: SlaSection | None = None
    resolution: SlaSection | None = None


class QueueSection(Section):
    """One queue. Queues that events name need no entry; one here is shown from the start."""

    name: Label = Field(description="The name that the events state. Required.", examples=["billing"])
    channels: tuple[Channel, ...] = Field(
        default=(), description="Channels shown with 0 before the first event.", examples=[["phone", "email"]]
    )
    display_name: OptionalText = Field(
        default=None, description="What people call it; shown on the board.", examples=["Rechnungen"]
    )
    hours: OptionalText = Field(
        default=None, description="Name of a calendar; none: always open.", examples=["office"]
    )
    service_level: dict[Channel, ServiceLevelSection] = Field(default_factory=dict)
    sla: SlaSections = SlaSections()


class CalendarSection(Section):
    """Business hours and holidays."""

    time_zone: TimeZone | None = Field(
        default=None, description="IANA time zone of the hours; none: the site's.", examples=["Europe/Berlin"]
    )
    weekly: dict[Weekday, Intervals] = Field(
        default_factory=dict,
        description="Open intervals of `mon` … `sun`, several a day; the end may be `24:00`.",
        examples=[{"mon": ["09:00-12:00", "13:00-17:00"]}],
    )
    holidays: tuple[LocalDate, ...] = Field(
        default=(), description="Dates on which it stays closed.", examples=[["2026-12-25"]]
    )
    country: OptionalText = Field(
        default=None, description="Country whose public holidays are closed too, ISO 3166.", examples=["DE"]
    )
    subdivision: OptionalText = Field(
        default=None, description="Its state or region, for regional holidays.", examples=["BE"]
    )


class Sections(Section):
    """The whole configuration as stated."""

    site: SiteSection = SiteSection()
    kafka: KafkaSection = KafkaSection()
    redis: RedisSection = RedisSection()
    http: HttpSection = HttpSection()
    clock: ClockSection = ClockSection()
    windows: WindowsSection = WindowsSection()
    surveys: SurveysSection = SurveysSection()
    customers: CustomersSection = CustomersSection()
    service_level: dict[Channel, ServiceLevelSection] = Field(default_factory=dict)
    sla: SlaSections = SlaSections()
    sla_events: SlaEventsSection = SlaEventsSection()
    queues: tuple[QueueSection, ...] = ()
    calendars: dict[Label, CalendarSection] = Field(default_factory=dict)
