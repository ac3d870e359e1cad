"""Alerts for supervisors: what somebody on the floor can change within minutes.

Guarantee: each is silent while its queue is closed and while so little happens that chance explains it.
"""

from __future__ import annotations

from exporters.alerts.alert import Alert, Terms
from exporters.alerts.recordings import LEVEL, OPEN, TARGET, UPPER, WAITING

_IS_OPEN = f"and on (queue) ({OPEN} == 1)"


def floor_alerts(terms: Terms) -> tuple[Alert, ...]:
    """Return the alerts of the floor."""
    return (
        _service_level(),
        _longest_wait(),
        _abandon_spike(terms),
        _blocked(terms),
        _backlog(),
        _nobody_available(),
    )


def _service_level() -> Alert:
    return Alert(
        name="ServiceLevelBelowTarget",
        audience="floor",
        severity="warning",
        expression=f"{LEVEL} and ({UPPER} < {TARGET}) {_IS_OPEN}",
        holds="2m",
        keeps="5m",
        summary="Too few {{ $labels.channel }} contacts of {{ $labels.queue }} are answered in time",
        description="In the last quarter of an hour {{ $value | humanizePercentage }} were answered in"
        " time; that is"
        " below the target, and more than chance.",
        meaning="The service level of the last quarter of an hour lies below the target of the queue, and"
        " so far that"
        " chance does not explain it: even the upper bound of its 95 % interval (Wilson) is below.",
        look="On the board: waiting, longest wait, agents by state. Is it one queue or all? Did the volume"
        " rise or did"
        " agents leave? The live ratio says whether it still gets worse.",
        act="Bring back agents from breaks and side work, lend agents from a queue that is ahead, switch"
        " on the"
        " announcement or callbacks. Tell the workforce manager when the forecast was too low.",
        resolves="When the interval reaches the target again, and has for five minutes.",
    )


def _longest_wait() -> Alert:
    return Alert(
        name="LongestWaitTooLong",
        audience="floor",
        severity="critical",
        expression="max by (channel, queue) (support_longest_wait_seconds)"
        " > 3 * max by (channel, queue) (support_service_level_threshold_seconds)"
        f" {_IS_OPEN}",
        holds="30s",
        keeps="1m",
        summary="A {{ $labels.channel }} customer in {{ $labels.queue }} has waited {{ $value |"
        " humanizeDuration }}",
        description="That is more than three times the promised time.",
        meaning="Somebody waits in a queue for more than three times its threshold T. Calls and chats only.",
        look="Is somebody available? Does the contact ring at an agent who does not answer? Is it the only"
        " one, or the"
        " first of many?",
        act="Let a free agent take the contact. If agents are available and it still waits, routing or"
        " skills are wrong:"
        " tell the engineers.",
        resolves="When nobody waits that long any more.",
    )


def _abandon_spike(terms: Terms) -> Alert:
    ratio = 'max by (channel, queue) (support_window_abandonment_ratio{{window="{}"}})'
    gone = f'max by (channel, queue) (support_window_abandoned{{window="{terms.short}"}})'
    short, day = ratio.format(terms.short), ratio.format(terms.day)
    return Alert(
        name="AbandonSpike",
        audience="floor",
        severity="warning",
        expression=f"({short} > 0.1) and ({short} > 2 * {day}) and ({gone} >= 5) {_IS_OPEN}",
        holds="1m",
        keeps="5m",
        summary="{{ $value | humanizePercentage }} of {{ $labels.queue }} give up waiting on {{"
        " $labels.channel }}",
        description="At least five customers gave up in the last quarter of an hour, twice the share of"
        " the day.",
        meaning="More than a tenth of the contacts with an outcome, at least five, were abandoned in the"
        " last quarter of"
        " an hour, and more than twice the share of the day so far.",
        look="How long did they wait (wait of abandoned contacts)? Seconds point to a wrong announcement"
        " or a technical"
        " fault, minutes to missing agents.",
        act="Minutes: as for ServiceLevelBelowTarget. Seconds: call the number yourself and listen.",
        resolves="When the share is below a tenth, or below twice that of the day, for five minutes.",
    )


def _blocked(terms: Terms) -> Alert:
    blocked = f'support_window_blocked{{window="{terms.short}",reason!="closed"}}'
    return Alert(
        name="CallsBlocked",
        audience="floor",
        severity="critical",
        expression=f"(max by (channel, queue) (sum without (reason) ({blocked})) >= 3) {_IS_OPEN}",
        holds="0s",
        keeps="5m",
        summary="{{ $value }} calls to {{ $labels.queue }} were not taken",
        description="In the last quarter of an hour calls were turned away before they could wait.",
        meaning="At least three calls of the last quarter of an hour never entered a queue: no agents"
        " logged in, queue"
        " full, no free line or a fault of the network. Calls outside of business hours are left out.",
        look="The reason on the board. `trunk` and `network` are for the engineers, `queue_full` and"
        " `no_agents` for"
        " the floor.",
        act="no_agents: log somebody in. queue_full: let more wait or offer callbacks. trunk, network:"
        " call the carrier.",
        resolves="When fewer than three of the last quarter of an hour were blocked, for five minutes.",
    )


def _backlog() -> Alert:
    before = f"({WAITING} offset 1h)"
    return Alert(
        name="BacklogGrowing",
        audience="floor",
        severity="warning",
        expression=f"{WAITING} and ({WAITING} > 1.25 * {before}) and ({WAITING} - {before} >= 10) {_IS_OPEN}",
        holds="15m",
        keeps="15m",
        summary="{{ $value }} customers of {{ $labels.queue }} wait for a reply by {{ $labels.channel }}",
        description="That is at least ten, and a quarter, more than an hour ago.",
        meaning="More customers wait for a reply than an hour ago: at least ten more, and at least a"
        " quarter more, for a"
        " quarter of an hour.",
        look="The backlog by age: is it new volume, or do old cases lie? Is one customer or one topic"
        " behind it?",
        act="Move agents to written channels, answer one cause for all of them, send what can wait to a"
        " later day.",
        resolves="When it grows by less than a quarter in an hour, for a quarter of an hour.",
    )


def _nobody_available() -> Alert:
    waiting = 'max by (queue) (support_open_cases{state="awaiting_reply",channel=~"phone|chat"})'
    return Alert(
        name="NobodyAvailableWhilePeopleWait",
        audience="floor",
        severity="critical",
        expression=f"({waiting} > 0) {_IS_OPEN}"
        ' and on () (max(support_agents{state="available"}) == 0)'
        " and on () (max(sum without (state) (support_agents)) > 0)",
        holds="1m",
        keeps="1m",
        summary="{{ $value }} customers wait in {{ $labels.queue }} and no agent is available",
        description="Nobody has been available for a minute.",
        meaning="Calls or chats wait in an open queue, agents are known, and none of them is available.",
        look="Agents by state: are all of them in contacts, or in wrap-up and breaks?",
        act="End breaks and wrap-up where that is possible; call in help.",
        resolves="When an agent is available or nobody waits, for a minute.",
    )
