"""Judgements on the configuration, on this machine and on what answers over HTTP.

Worked: an open-file limit of 256 is a warning: a worker holds some 60 files and one for every open board.
"""

from __future__ import annotations

from typing import Final

from aggregators.catalogue import estimated_series
from streams.diagnosis.facts import Facts
from streams.diagnosis.verdicts import Verdicts, listed, ok, or_ok, problem, skipped, warning
from streams.settings import Settings

OWN_FILES: Final = 60
"""Files and connections of a worker with one broker: 22 when idle, and room for recovery of partitions."""
ENOUGH_FILES: Final = 1_024
"""Room for some hundred open boards; what most systems give."""
MANY_SERIES: Final = 200_000


def judge_configuration(facts: Facts) -> Verdicts:
    """Every problem of the configuration, or what it comes to."""
    for each in facts.problems:
        yield problem(f"{each.path}: {each.message}" if each.path else each.message, each.remedy)
    settings = facts.settings
    if settings is None:
        return
    engine = settings.engine()
    series = estimated_series(engine)
    yield ok(f"fingerprint {engine.fingerprint}, about {series:,} series")
    for notice in settings.notices():
        yield warning(notice, "change it, unless it is meant so")
    if series > MANY_SERIES:
        yield warning(
            f"about {series:,} series are many for one scrape", "lower site.max_queues or windows.lengths"
        )


def judge_zones(facts: Facts) -> Verdicts:
    """Whether the time zones of site and calendars can be read."""
    machine = facts.machine
    if machine.zones:
        yield problem(f"no data of {listed(machine.zones)}", "install the package tzdata of Python again")
    elif not machine.zone_data:
        yield warning(
            "the time zone data come from this system alone", "install tzdata: the same on every machine"
        )
    else:
        system = machine.system_zone_data
        first = f"; the system's own, {system}, come first" if system else ""
        yield ok(f"time zone data {machine.zone_data}{first}")


def judge_open_files(facts: Facts) -> Verdicts:
    """Whether there is room for connections and boards."""
    limit = facts.machine.open_files
    if limit < 0:
        yield ok("no limit")
        return
    boards = max(0, limit - OWN_FILES)
    text = f"{limit:,} open files: room for some {boards:,} boards; a service may have another limit"
    if limit < 2 * OWN_FILES:
        yield problem(text, "raise it: ulimit -n, LimitNOFILE of systemd, or ulimits of the container")
    elif limit < ENOUGH_FILES:
        yield warning(text, f"raise it to {ENOUGH_FILES:,}: ulimit -n, or LimitNOFILE of systemd")
    else:
        yield ok(text)


def judge_port(facts: Facts) -> Verdicts:
    """Whether a process can listen, or one of ours already does."""
    http, trouble = _settings(facts).http, facts.machine.listening
    address = f"{http.host}:{http.port}"
    if not trouble:
        yield ok(f"{address} is free")
    elif any(each.version is not None and not each.is_stated for each in facts.processes):
        yield ok(f"supportpulse listens on {address}")
    else:
        yield problem(
            f"{address}: {trouble}", "choose another [http] host or port, or end what listens there"
        )


def judge_processes(facts: Facts) -> Verdicts:
    """What /readyz of each known address says, and which program answers."""
    for each in facts.processes:
        if each.version is None and not each.is_stated:
            yield skipped(f"nothing of supportpulse answers at {each.address}: {each.trouble}")
        elif each.version is None:
            yield problem(f"{each.address}: {each.trouble}", "start it, or correct --address")
        elif each.trouble:
            yield warning(f"{each.address}: {each.trouble}", "look at its log")
        else:
            yield from or_ok(
                (
                    problem(f"{each.address}: {reason}", "docs/operations.md, Health, explains it")
                    for reason in each.reasons
                ),
                f"{each.address} is ready, version {each.version}",
            )
        if each.version not in (None, facts.program):
            yield warning(
                f"{each.address} runs version {each.version}, this is {facts.program}",
                "run one version everywhere",
            )


def _settings(facts: Facts) -> Settings:
    assert facts.settings is not None, "checks that need the configuration are skipped without it"
    return facts.settings
