"""When each alert fires and when it does not: series as a site shows them, and what Prometheus makes of them.

Guarantee: every alert has a case in which it fires and one in which it does not, or no longer; alerts of the
floor have one at low volume and one of a closed queue.

Values are in promtool's notation at 15 s: `0.6x40` is 0.6 for ten minutes, `0.6x40 0.9x80` rises then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

Series = Mapping[str, str]

ALWAYS = "x400"
"""For a hundred minutes."""
AT = '{channel="phone",queue="sales",instance="w1"}'
EMAIL = '{channel="email",queue="sales",instance="w1"}'


class Case(NamedTuple):
    """One question: does `alert` fire `at` this time after the beginning?"""

    alert: str
    what: str
    series: Series
    at: str
    fires: bool


def labelled(labels: str, **further: str) -> str:
    """Return labels with further ones."""
    return labels[:-1] + "".join(f',{name}="{value}"' for name, value in further.items()) + "}"


def level(share: str, answered: str, *, is_open: str = "1") -> dict[str, str]:
    """Return a queue with a target of 0.8, so many answered, and this share of them in time."""
    parts = {"answered": answered, "abandoned": f"0{ALWAYS}", "abandoned_short": f"0{ALWAYS}"}
    return {
        f"support_window_service_level_ratio{labelled(AT, window='15m')}": share,
        **{
            f"support_window_service_level_parts{labelled(AT, window='15m', part=part)}": number
            for part, number in parts.items()
        },
        f"support_service_level_target_ratio{AT}": f"0.8{ALWAYS}",
        f"support_queue_info{labelled(AT, formula='excluding_short')}": f"1{ALWAYS}",
        **opened(is_open),
    }


def opened(value: str = "1") -> dict[str, str]:
    """Return whether the queue is open."""
    return {'support_queue_open{queue="sales",instance="w1"}': f"{value}{ALWAYS}"}


def floor_cases() -> Iterator[Case]:
    """Yield the cases of the floor."""
    name = "ServiceLevelBelowTarget"
    low = f"0.6{ALWAYS}"
    yield Case(name, "6 of 10 in time, 200 answered", level(low, f"200{ALWAYS}"), "5m", fires=True)
    yield Case(name, "before two minutes are over", level(low, f"200{ALWAYS}"), "1m30s", fires=False)
    yield Case(name, "2 of 3: chance would do it", level(f"0.667{ALWAYS}", f"3{ALWAYS}"), "30m", fires=False)
    yield Case(name, "closed", level(low, f"200{ALWAYS}", is_open="0"), "30m", fires=False)
    recovering = level("0.6x40 0.9x200", f"200{ALWAYS}")
    yield Case(name, "three minutes after it is better", recovering, "13m", fires=True)
    yield Case(name, "six minutes after it is better", recovering, "16m", fires=False)
    yield Case(name, "as good as the target", level(f"0.8{ALWAYS}", f"2000{ALWAYS}"), "30m", fires=False)

    name = "LongestWaitTooLong"

    def wait(seconds: str, is_open: str = "1") -> dict[str, str]:
        threshold = {f"support_service_level_threshold_seconds{AT}": f"20{ALWAYS}"}
        return {f"support_longest_wait_seconds{AT}": seconds, **threshold, **opened(is_open)}

    yield Case(name, "61 s with a threshold of 20 s", wait(f"61{ALWAYS}"), "2m", fires=True)
    yield Case(name, "60 s", wait(f"60{ALWAYS}"), "10m", fires=False)
    yield Case(name, "closed", wait(f"600{ALWAYS}", "0"), "10m", fires=False)
    yield Case(name, "answered", wait("90x8 0x200"), "5m", fires=False)

    name = "AbandonSpike"

    def gone(share: str, number: str, is_open: str = "1") -> dict[str, str]:
        return {
            f"support_window_abandonment_ratio{labelled(AT, window='15m')}": share,
            f"support_window_abandonment_ratio{labelled(AT, window='today')}": f"0.06{ALWAYS}",
            f"support_window_abandoned{labelled(AT, window='15m')}": number,
            **opened(is_open),
        }

    yield Case(
        name, "a quarter gave up, 6 % on the day", gone(f"0.25{ALWAYS}", f"12{ALWAYS}"), "5m", fires=True
    )
    yield Case(name, "one of four", gone(f"0.25{ALWAYS}", f"1{ALWAYS}"), "30m", fires=False)
    yield Case(name, "closed", gone(f"0.25{ALWAYS}", f"12{ALWAYS}", "0"), "30m", fires=False)
    yield Case(name, "as on the day", gone(f"0.115{ALWAYS}", f"12{ALWAYS}"), "30m", fires=False)
    yield Case(name, "over", gone("0.25x20 0.02x200", f"12{ALWAYS}"), "15m", fires=False)


def more_floor_cases() -> Iterator[Case]:
    """Yield those on blocked calls, backlog and agents."""
    name = "CallsBlocked"

    def blocked(number: str, reason: str = "trunk", is_open: str = "1") -> dict[str, str]:
        return {
            f"support_window_blocked{labelled(AT, window='15m', reason=reason)}": number,
            **opened(is_open),
        }

    yield Case(name, "five without a line", blocked(f"5{ALWAYS}"), "1m", fires=True)
    yield Case(name, "two", blocked(f"2{ALWAYS}"), "30m", fires=False)
    yield Case(name, "closed, and told so", blocked(f"50{ALWAYS}", "closed"), "30m", fires=False)
    yield Case(name, "closed", blocked(f"5{ALWAYS}", is_open="0"), "30m", fires=False)
    yield Case(name, "over", blocked("5x8 0x200"), "10m", fires=False)

    name = "BacklogGrowing"

    def waiting(number: str, is_open: str = "1") -> dict[str, str]:
        return {f"support_backlog_cases{labelled(EMAIL, age='lt_1h')}": number, **opened(is_open)}

    yield Case(name, "from 40 to 60", waiting("40x245 60x240"), "1h20m", fires=True)
    yield Case(name, "from 4 to 8", waiting("4x245 8x240"), "1h20m", fires=False)
    yield Case(name, "from 100 to 115", waiting("100x245 115x240"), "1h20m", fires=False)
    yield Case(name, "closed", waiting("40x245 60x240", "0"), "1h20m", fires=False)

    name = "NobodyAvailableWhilePeopleWait"

    def agents(available: str, cases: str = f"2{ALWAYS}", is_open: str = "1") -> dict[str, str]:
        return {
            f"support_open_cases{labelled(AT, state='awaiting_reply')}": cases,
            'support_agents{state="available",instance="w1"}': available,
            'support_agents{state="on_contact",instance="w1"}': f"9{ALWAYS}",
            **opened(is_open),
        }

    yield Case(name, "two wait, all are busy", agents(f"0{ALWAYS}"), "2m", fires=True)
    yield Case(name, "one is free", agents(f"1{ALWAYS}"), "10m", fires=False)
    yield Case(name, "nobody waits", agents(f"0{ALWAYS}", f"0{ALWAYS}"), "10m", fires=False)
    yield Case(name, "closed", agents(f"0{ALWAYS}", is_open="0"), "10m", fires=False)
    yield Case(name, "over", agents("0x16 3x200"), "7m", fires=False)


def contract_cases() -> Iterator[Case]:
    """Yield the cases of promises."""
    risk = labelled(EMAIL, sla="first_response")

    def at_risk(within: str, number: str, unsolved: str = f"40{ALWAYS}") -> dict[str, str]:
        return {
            f"support_sla_at_risk_cases{labelled(risk, within=within)}": number,
            f"support_open_cases{labelled(EMAIL, state='in_progress')}": unsolved,
        }

    yield Case("BreachImminent", "one is due", at_risk("15m", f"1{ALWAYS}"), "2m", fires=True)
    yield Case("BreachImminent", "none is", at_risk("15m", f"0{ALWAYS}"), "10m", fires=False)
    yield Case("BreachImminent", "answered", at_risk("15m", "1x20 0x200"), "10m", fires=False)
    yield Case("BreachesPredicted", "12 of 40", at_risk("60m", f"12{ALWAYS}"), "10m", fires=True)
    yield Case(
        "BreachesPredicted", "9 of 20", at_risk("60m", f"9{ALWAYS}", f"20{ALWAYS}"), "30m", fires=False
    )
    yield Case(
        "BreachesPredicted", "12 of 400", at_risk("60m", f"12{ALWAYS}", f"400{ALWAYS}"), "30m", fires=False
    )
    yield Case("BreachesPredicted", "over", at_risk("60m", "12x40 3x200"), "20m", fires=False)
    for title, sla in (("FirstResponse", "first_response"), ("Resolution", "resolution")):
        for speed, window, late in (("Fast", "1h", 80), ("", "today", 40)):
            name = f"{title}BudgetBurns{speed}"
            yield Case(name, f"{late} of 100 late", _promises(sla, window, f"{late}x240"), "5m", fires=True)
            yield Case(
                name, "all of 15 late", _promises(sla, window, f"15{ALWAYS}", f"0{ALWAYS}"), "5m", fires=False
            )
            yield Case(
                name, "5 of 100 late", _promises(sla, window, f"5{ALWAYS}", f"95{ALWAYS}"), "5m", fires=False
            )
            yield Case(name, "over", _promises(sla, window, f"{late}x20 0x200"), "20m", fires=False)


def _promises(sla: str, window: str, late: str, kept: str = f"20{ALWAYS}") -> dict[str, str]:
    labels = labelled(EMAIL, sla=sla, window=window)
    return {f"support_window_sla_breached{labels}": late, f"support_window_sla_met{labels}": kept}


def _survey(
    of: tuple[str, str | None], *, recent: str, past: str, margin: float, answers: str = f"280{ALWAYS}"
) -> dict[str, str]:
    """Return 7, 30 and 90 days of a survey; of: survey, and queue or None for the site.

    recent: values of the last 7 days; past: of the longer windows; margin: how far bounds lie from them.
    """
    survey, queue = of
    measure = {"nps": "nps_score", "csat": "csat_ratio"}[survey]
    prefix, place = ("support_window_", f'queue="{queue}",') if queue else ("support_all_window_", "")
    found: dict[str, str] = {}
    for window, values, number, half in (
        ("7d", recent, answers, margin),
        ("30d", past, f"1000{ALWAYS}", margin / 2),
        ("90d", past, f"3000{ALWAYS}", margin / 3),
    ):
        labels = f'{place}window="{window}",instance="w1"'
        found[f"{prefix}{measure}{{{labels}}}"] = values
        for bound, sign in (("lower", -1), ("upper", 1)):
            found[f'{prefix}{measure}_bound{{{labels},bound="{bound}"}}'] = _moved(values, sign * half)
        found[f'{prefix}survey_responses{{{labels},survey="{survey}"}}'] = number
    return found


def _moved(values: str, by: float) -> str:
    """Return a series of constant stretches with every value moved."""
    stretches = (stretch.split("x") for stretch in values.split())
    return " ".join(f"{float(value) + by:.6g}x{times}" for value, times in stretches)


def customer_cases() -> Iterator[Case]:
    """Yield those on what customers say and whether they stay."""
    for name, survey, usual, fallen, slightly, margin in (
        ("NPSFalling", "nps", "31", "18", "28", 9.0),
        ("CSATFalling", "csat", "0.85", "0.74", "0.84", 0.04),
    ):
        steady, low = f"{usual}{ALWAYS}", f"{fallen}{ALWAYS}"

        def site(
            recent: str, survey: str = survey, margin: float = margin, past: str = steady, **more: str
        ) -> dict[str, str]:
            return _survey((survey, "sales"), recent=recent, margin=margin, past=past, **more)

        yield Case(name, "280 answers, far lower than 3,000 before", site(low), "20m", fires=True)
        yield Case(name, "before a quarter of an hour is over", site(low), "14m", fires=False)
        yield Case(name, "as before", site(steady), "95m", fires=False)
        yield Case(name, "29 answers", site(low, answers=f"29{ALWAYS}"), "95m", fires=False)
        yield Case(name, "bounds that touch", site(low, margin=10 * margin), "95m", fires=False)
        yield Case(
            name,
            "a fall too small to matter",
            site(f"{slightly}{ALWAYS}", margin=margin / 1e3),
            "95m",
            fires=False,
        )
        yield Case(name, "a centre that has just begun", site(low, past=low), "95m", fires=False)
        mended = site(f"{fallen}x80 {usual}x320")
        yield Case(name, "half an hour after it is better", mended, "50m", fires=True)
        yield Case(name, "more than an hour after it is better", mended, "85m", fires=False)
        whole = _survey((survey, None), recent=low, margin=margin, past=steady)
        yield Case(name, "the site, every queue within chance", {**site(steady), **whole}, "20m", fires=True)

    name = "ChurnAboveTarget"

    def churn(
        share: str, lost: str, at_start: str, target: str = "0.03", product: str = "a"
    ) -> dict[str, str]:
        prefix, place = (
            ("support_window_", f'product="{product}",') if product else ("support_all_window_", "")
        )
        labels = f'{place}window="30d",instance="w1"'
        return {
            f"{prefix}churn_ratio{{{labels}}}": share,
            f"{prefix}customers_lost{{{labels}}}": lost,
            f'{prefix}customer_parts{{{labels},part="at_start"}}': at_start,
            'support_churn_target_ratio{instance="w1"}': f"{target}{ALWAYS}",
        }

    many = (f"60{ALWAYS}", f"1000{ALWAYS}")
    yield Case(name, "60 of 1,000, 3 % may", churn(f"0.06{ALWAYS}", *many), "20m", fires=True)
    yield Case(name, "before a quarter of an hour is over", churn(f"0.06{ALWAYS}", *many), "14m", fires=False)
    few = (f"4{ALWAYS}", f"10{ALWAYS}")
    yield Case(name, "4 of 10: too few", churn(f"0.4{ALWAYS}", *few), "95m", fires=False)
    some = (f"5{ALWAYS}", f"100{ALWAYS}")
    yield Case(name, "5 of 100: chance would do it", churn(f"0.05{ALWAYS}", *some), "95m", fires=False)
    yield Case(name, "60 of 1,000, 7 % may", churn(f"0.06{ALWAYS}", *many, target="0.07"), "95m", fires=False)
    all_and_more = (f"15{ALWAYS}", f"10{ALWAYS}")
    yield Case(name, "more left than were there", churn(f"1.5{ALWAYS}", *all_and_more), "20m", fires=True)
    yield Case(name, "netted: more came than left", churn(f"-0.2{ALWAYS}", *many), "95m", fires=False)
    yield Case(name, "the site", churn(f"0.06{ALWAYS}", *many, product=""), "20m", fires=True)
    mended = churn("0.06x80 0.03x320", *many)
    yield Case(name, "half an hour after it is better", mended, "50m", fires=True)
    yield Case(name, "more than an hour after it is better", mended, "85m", fires=False)
    without = {name: values for name, values in churn(f"0.06{ALWAYS}", *many).items() if "target" not in name}
    yield Case(name, "nobody has set a target", without, "95m", fires=False)


def platform_cases() -> Iterator[Case]:
    """Yield the cases of the platform."""
    yes, no = f"1{ALWAYS}", f"0{ALWAYS}"
    view = 'support_view_complete{instance="w1"}'
    yield Case("MetricsAbsent", "nothing is scraped", {'up{instance="w1"}': no}, "3m", fires=True)
    yield Case("MetricsAbsent", "an incomplete view is no absent one", {view: no}, "30m", fires=False)
    yield Case("MetricsAbsent", "it comes back", {view: "_x20 1x200"}, "10m", fires=False)
    yield Case("ViewIncomplete", "nowhere whole", {view: no}, "5m", fires=True)
    other = 'support_view_complete{instance="exporter"}'
    yield Case("ViewIncomplete", "whole in the exporter", {view: no, other: yes}, "30m", fires=False)
    yield Case("ViewIncomplete", "over", {view: "0x20 1x200"}, "10m", fires=False)
    yield from _switch("StillRecovering", 'support_recovering{instance="w1"}', bad="3", good="0", at="12m")
    yield from _switch("RedisDown", 'support_redis_up{instance="w1"}', bad="0", good="1", at="2m")
    conflict = 'support_fleet_conflicts{kind="configuration",instance="exporter"}'
    yield from _switch("FleetConflict", conflict, bad="1", good="0", at="6m")
    bound = 'support_bound_used_ratio{topic="calls",bound="cases",instance="w1"}'
    yield from _switch("BoundNear", bound, bad="0.95", good="0.5", at="6m")
    letters = 'support_dead_letters_total{topic="calls",reason="bad_json",instance="w1"}'
    yield Case("DeadLetters", "three more", {letters: "5x10 8x200"}, "5m", fires=True)
    yield Case("DeadLetters", "none new", {letters: f"8{ALWAYS}"}, "30m", fires=False)
    yield Case("DeadLetters", "over", {letters: "5x10 8x200"}, "30m", fires=False)
    waiting = 'support_sla_events_waiting{instance="w1"}'
    yield from _switch("AnnouncementsWait", waiting, bad="3", good="0", at="6m")
    yield Case("AnnouncementsWait", "for a moment", {waiting: "0x4 3x8 0x200"}, "6m", fires=False)
    lost = 'support_misrouted_total{topic="calls",instance="w1"}'
    yield Case("MisroutedKeys", "one", {lost: "0x10 1x200"}, "5m", fires=True)
    yield Case("MisroutedKeys", "none new", {lost: f"4{ALWAYS}"}, "30m", fires=False)
    yield from _switch("ProcessorLag", 'support_lag_seconds{instance="w1"}', bad="90", good="2", at="3m")
    age = 'support_snapshot_age_seconds{instance="w1"}'
    yield from _switch("StateNotDurable", age, bad="200", good="1", at="2m")
    first, second = (
        f'support_partition_assigned{{topic="calls",partition="0",instance="{each}"}}' for each in "ab"
    )
    yield Case("PartitionUnowned", "by nobody", {first: no, second: no}, "2m", fires=True)
    yield Case("PartitionUnowned", "by one of two", {first: no, second: yes}, "30m", fires=False)
    yield Case("PartitionOwnedTwice", "by both", {first: yes, second: yes}, "2m", fires=True)
    yield Case("PartitionOwnedTwice", "by one of two", {first: no, second: yes}, "30m", fires=False)
    merged = {first: yes, second: yes, 'support_view_age_seconds{instance="b"}': yes}
    yield Case("PartitionOwnedTwice", "the exporter owns nothing", merged, "30m", fires=False)
    # promtool's clock begins at 0, so a moment of 0 is as old as the test.
    source = 'support_source_last_event_timestamp_seconds{source="/pbx",instance="w1"}'
    yield Case("SourceSilent", "for 20 minutes", {source: no, **opened()}, "20m", fires=True)
    yield Case("SourceSilent", "closed", {source: no, **opened("0")}, "50m", fires=False)
    yield Case("SourceSilent", "it speaks", {source: "0+15x240", **opened()}, "50m", fires=False)
    newest = 'support_watermark_timestamp_seconds{topic="calls",instance="w1"}'
    yield Case("EventsLate", "for 12 minutes", {newest: no, **opened()}, "12m", fires=True)
    yield Case("EventsLate", "closed", {newest: no, **opened("0")}, "50m", fires=False)
    yield Case("EventsLate", "they come", {newest: "0+15x240", **opened()}, "50m", fires=False)


def _switch(alert: str, series: str, *, bad: str, good: str, at: str) -> Iterator[Case]:
    """Yield that an alert fires while a value is bad, not before, and not when it is good again."""
    yield Case(alert, f"at {bad}", {series: f"{bad}{ALWAYS}"}, at, fires=True)
    yield Case(alert, f"at {good}", {series: f"{good}{ALWAYS}"}, at, fires=False)
    yield Case(alert, "over", {series: f"{bad}x80 {good}x160"}, "40m", fires=False)


CASES = (*floor_cases(), *more_floor_cases(), *contract_cases(), *customer_cases(), *platform_cases())
