"""Rules between keys, each with the smallest configuration that breaks it and the nearest that does not."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from streams.errors import ConfigurationError
from streams.settings import configuration_from_mapping

SASL = {"protocol": "SASL_SSL", "mechanism": "PLAIN", "username": "u", "password": "p"}


@pytest.mark.parametrize(
    ("mapping", "path"),
    [
        ({"windows": {"resolution": "7s"}}, "windows.resolution"),
        ({"windows": {"resolution": "2m"}}, "windows.resolution"),
        ({"windows": {"lengths": ["5s"]}}, "windows.lengths[0]"),
        ({"windows": {"lengths": ["1h", "1h"]}}, "windows.lengths[1]"),
        ({"windows": {"lengths": ["130m"]}}, "windows.lengths[0]"),
        ({"windows": {"lengths": []}}, "windows.lengths"),
        ({"windows": {"retention": {"calls": "47h"}}}, "windows.retention.calls"),
        ({"windows": {"horizon": "31d", "retention": {"tickets": "30d"}}}, "windows.retention.tickets"),
        ({"kafka": {"topics": {"calls": "support.tickets"}}}, "kafka.topics.calls"),
        ({"kafka": {"topics": {"dead_letters": "support.agents"}}}, "kafka.topics.dead_letters"),
        ({"kafka": {"security": {"protocol": "SASL_SSL"}}}, "kafka.security"),
        ({"kafka": {"security": {"username": "u", "password": "p"}}}, "kafka.security"),
        ({"redis": {"url": "http://redis:6379"}}, "redis.url"),
        ({"redis": {"url": "redis://redis:many"}}, "redis.url"),
        ({"redis": {"url": "redis://redis?socket_timeout=9"}}, "redis.url"),
        ({"redis": {"url": "redis://"}}, "redis.url"),
        ({"redis": {"username": "u"}}, "redis.url"),
        ({"redis": {"url": "redis://redis", "password": "a", "password_file": __file__}}, "redis.password"),
        ({"redis": {"url": "redis://redis", "ca_file": __file__}}, "redis.url"),
        ({"redis": {"url": "rediss://redis", "cert_file": __file__}}, "redis"),
        ({"redis": {"prefix": "a*"}}, "redis.prefix"),
        ({"http": {"host": "0.0.0.0"}}, "http.host"),
        ({"http": {"host": "board.example"}}, "http.host"),
        ({"http": {"host": "192.168.1.5"}}, "http.host"),
        ({"http": {"token_file": "/does/not/exist"}}, "http.token_file"),
        ({"queues": [{"name": "a"}, {"name": "a"}]}, "queues[a]"),
        ({"queues": [{"name": "a", "hours": "office"}]}, "queues[a].hours"),
        ({"queues": [{"name": "a"}, {"name": "b"}], "site": {"max_queues": 1}}, "site.max_queues"),
        ({"calendars": {"a": {"country": "XX"}}}, "calendars.a.country"),
        ({"calendars": {"a": {"country": "DE", "subdivision": "XX"}}}, "calendars.a.country"),
        ({"calendars": {"a": {"subdivision": "BE"}}}, "calendars.a.subdivision"),
    ],
)
def test_broken_rule_is_reported_at_its_place(mapping: Mapping[str, object], path: str) -> None:
    """One rule broken is one problem."""
    with pytest.raises(ConfigurationError) as raised:
        configuration_from_mapping(mapping)
    assert [problem.path for problem in raised.value.problems] == [path]


@pytest.mark.parametrize(
    "mapping",
    [
        {"windows": {"resolution": "1m", "lengths": ["1m", "2h", "135m", "today"]}},
        {"windows": {"horizon": "400d"}},
        {"windows": {"horizon": {"default": "400d"}, "retention": {"tickets": "400d"}}},
        {"windows": {"retention": {"calls": "49h"}}},
        {"kafka": {"security": SASL}},
        {"kafka": {"security": {"protocol": "ssl"}}},
        {"redis": {"url": "redis://redis"}},
        {"redis": {"url": "unix:///run/redis.sock", "prefix": "p:"}},
        {"redis": {"url": "rediss://redis:6380/1", "username": "u", "password_file": __file__}},
        {
            "redis": {
                "url": "rediss://redis",
                "ca_file": __file__,
                "cert_file": __file__,
                "key_file": __file__,
            }
        },
        {"http": {"host": "0.0.0.0", "open": True}},
        {"http": {"host": "0.0.0.0", "token": "x"}},
        {"http": {"host": "::1"}},
        {"http": {"host": "localhost"}},
        {"http": {"token_file": ""}},
        {"queues": [{"name": "a", "hours": "office"}], "calendars": {"office": {}}},
        {"calendars": {"a": {"country": "de", "subdivision": "BE"}}},
    ],
)
def test_kept_rule_is_not_reported(mapping: Mapping[str, object]) -> None:
    """The nearest right configuration loads."""
    assert configuration_from_mapping(mapping).engine().fingerprint


def test_certificates_need_their_key_and_a_protocol_that_uses_them(tmp_path: Path) -> None:
    """Both rules are broken here, and the missing authority is the third problem."""
    certificate = tmp_path / "client.pem"
    certificate.write_text("PEM")
    with pytest.raises(ConfigurationError) as raised:
        configuration_from_mapping(
            {"kafka": {"security": {"cert_file": str(certificate), "ca_file": str(tmp_path / "ca.pem")}}}
        )
    assert sorted(problem.path for problem in raised.value.problems) == [
        "kafka.security",
        "kafka.security",
        "kafka.security.ca_file",
    ]


@pytest.mark.parametrize(("content", "said"), [(b" \n", "is empty"), (b"\xff\xff", "UTF-8")])
def test_file_without_a_secret_is_a_problem(tmp_path: Path, content: bytes, said: str) -> None:
    """An empty token would let everybody in."""
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=said):
        configuration_from_mapping({"http": {"token_file": str(file)}})


def test_secret_stated_twice_is_a_problem(tmp_path: Path) -> None:
    """Which of the two holds would be a guess."""
    file = tmp_path / "token"
    file.write_text("x")
    with pytest.raises(ConfigurationError, match=r"http\.token: is stated, and http\.token_file too"):
        configuration_from_mapping({"http": {"token": "y", "token_file": str(file)}})


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"windows": {"lengths": ["7d"]}}, "7d is longer than the horizon"),
        ({"windows": {"retention": {"calls": "48h"}}}, "2d is taken as horizon and 1h: 49h"),
        ({"calendars": {"a": {}}}, "calendars.a"),
        ({"http": {"host": "0.0.0.0", "open": True}}, "without a token"),
    ],
)
def test_what_may_surprise_is_said_and_allowed(mapping: Mapping[str, object], said: str) -> None:
    """One line for each."""
    (notice,) = configuration_from_mapping(mapping).notices()
    assert said in notice
