"""Whatever arrives: the decoder answers with event or refusal, the configuration with all its problems."""

from __future__ import annotations

import ast
import json
import sys
import tomllib
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, Final, NamedTuple

import coverage
import msgspec
import pytest

from aggregators.configuration import Configuration
from aggregators.events import DATA_OF_RANK, TOPIC_OF_RANK, TYPE_NAME, Event, Rank, Topic
from aggregators.ledger import PartitionLedger
from aggregators.stored_case import pack_events, unpack_events
from streams import codec
from streams.codec import MAX_RECORD_BYTES, Reason, Refusal, decode, decode_batch
from streams.errors import ConfigurationError, Problem
from streams.settings import configuration_from_mapping
from testbed.project_files import PROJECT
from tests.building import configured
from tests.soak.amounts import amount
from tests.soak.mutator import VALUES, damaged, damaged_document

DECODED: Final = amount(sample=20_000, soak=1_000_000)
CONFIGURED: Final = amount(sample=300, soak=20_000)
SECONDS: Final = 5.0
"""No single input may take as long, on a machine that stalls now and then."""
REACHED: Final = 0.95
TIMESTAMP: Final = 1_772_445_660_000
_STATED: Final[dict[str, Any]] = {
    "queue": "sales",
    "author": "agent",
    "to": "pending",
    "into": "t2",
    "priority": "high",
    "leg": "1",
    "channel": "web",
    "state": "break",
    "survey": "nps",
    "score": 9,
    "scale_min": 0,
    "scale_max": 10,
    "product": "p",
    "mrr": 100,
    "currency": "EUR",
    "amount": 5,
    "cart": "k",
    "agent": "a",
    "public": True,
}


class Record(NamedTuple):
    """A record as the broker would bring it."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[()] = ()


def valid_events() -> list[bytes]:
    """Return an event of every type with its required fields, and one with whatever else it knows."""
    found = []
    for rank, kind in DATA_OF_RANK.items():
        fields = msgspec.structs.fields(kind)
        for is_full in (False, True):
            data = {
                field.encode_name: _STATED[field.encode_name]
                for field in fields
                if field.encode_name in _STATED and (field.required or is_full)
            }
            event = {
                "specversion": "1.0",
                "id": f"e{rank}",
                "source": "/s",
                "type": TYPE_NAME[rank],
                "subject": "c1",
                "time": f"2026-03-02T10:00:{rank % 60:02d}Z",
                "data": data,
            }
            text = json.dumps(event).encode()
            assert isinstance(decode(text), Event), decode(text)
            found.append(text)
    return found


def seed_of_this_run() -> int:
    """Return a fresh seed; it is printed where a test fails."""
    seed = Random().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201  # pytest shows it where the test fails
    return seed


@pytest.mark.timeout(7_200)
def test_the_decoder_takes_or_refuses_whatever_comes() -> None:
    """Both ways agree, nothing takes long, what is taken survives packing and folding."""
    random = Random(seed_of_this_run())
    site, topics = configured(), list(dict.fromkeys(TOPIC_OF_RANK.values()))
    reasons: set[Reason] = set()
    inputs = list[Record]()
    for text in damaged(valid_events(), DECODED, random.randrange(2**32)):
        key = random.choice((b"c1", b"c1", b"c1", b"c1", None, b"", b"c2", b"\xff"))
        moment = random.choice((TIMESTAMP, TIMESTAMP, TIMESTAMP, 0, -1, 2**62))
        inputs.append(Record(len(inputs), moment, key, text))
        if len(inputs) == 1_000:
            reasons |= decoded(inputs, random.choice(topics), site)
            inputs.clear()
    assert len(reasons) > 10, reasons


def decoded(records: list[Record], topic: Topic, site: Configuration) -> set[Reason]:
    """Decode records in both ways and use what is taken; return the reasons of the others."""
    found = decode_batch(records, topic=topic)
    for record, answer in zip(records, found, strict=True):
        began = perf_counter()
        alone = decode(record.value, topic=topic, key=record.key, timestamp=record.timestamp)
        assert perf_counter() - began < SECONDS, record
        assert alone == answer, record
        assert isinstance(answer, Event | Refusal)
    events = [event for event in found if isinstance(event, Event)]
    if events:
        assert unpack_events("c1", pack_events(events)) == [
            msgspec.structs.replace(event, case="c1") for event in events
        ]
    PartitionLedger(topic, site).fold(events, len(records))
    return {answer.reason for answer in found if isinstance(answer, Refusal)}


def test_the_inputs_reach_the_decoder() -> None:
    """At least 95 % of the lines of its functions, with a few of the largest and smallest records beside."""
    if sys.gettrace() is not None:
        pytest.skip("coverage is measured already")
    measuring = coverage.Coverage(include=[codec.__file__], data_file=None, config_file=False)
    measuring.start()
    try:
        random = Random(1)
        for text in (*damaged(valid_events(), 5_000, 1), b"", None, b" " * (MAX_RECORD_BYTES + 1)):
            record = Record(0, TIMESTAMP, random.choice((b"c1", None, b"c2")), text)
            decode_batch([record], topic=random.choice(("calls", "tickets", "surveys")))
    finally:
        measuring.stop()
    _, statements, _, missing, _ = measuring.analysis2(codec.__file__)
    inside = set(statements) & lines_of_functions(Path(codec.__file__))
    reached = 1 - len(inside & set(missing)) / len(inside)
    assert reached >= REACHED, f"{reached:.1%}, not {sorted(inside & set(missing))}"


def lines_of_functions(file: Path) -> set[int]:
    """Return the lines in the bodies of functions that run when they are called, not at import."""
    functions = [
        node for node in ast.parse(file.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)
    ]
    return {
        line
        for function in functions
        if function.name != "_envelope_of"  # called at import
        for node in function.body
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


@pytest.mark.timeout(7_200)
def test_a_damaged_configuration_is_taken_or_all_its_problems_are_named() -> None:
    """Of the example and of every default, one to four damages at a time; a taken one gives an engine."""
    random = Random(seed_of_this_run())
    example = tomllib.loads((PROJECT / "deploy" / "supportpulse.example.toml").read_text(encoding="utf-8"))
    taken = 0
    for _ in range(CONFIGURED):
        document = example
        for _ in range(random.choice((1, 1, 2, 4))):
            document = damaged_document(random, document)
        began = perf_counter()
        problems = problems_of(document)
        taken += not problems
        assert all(str(problem) for problem in problems), document
        assert perf_counter() - began < SECONDS, document
    assert 0 < taken < CONFIGURED


def problems_of(document: dict[str, Any]) -> list[Problem]:
    """Return the problems of a configuration; one without any gives an engine."""
    try:
        settings = configuration_from_mapping(document)
    except ConfigurationError as error:
        if not error.problems:
            raise AssertionError("refused without a problem") from error
        return list(error.problems) or [Problem("", "refused without a problem", "")]
    assert settings.engine().fingerprint
    settings.notices()
    return []


def test_every_kind_of_value_is_among_the_damages() -> None:
    """Of JSON, and the numbers that JSON has not."""
    assert {type(value) for value in VALUES} == {type(None), bool, int, float, str, list, dict}
    assert Rank.CALL_OFFERED in DATA_OF_RANK
