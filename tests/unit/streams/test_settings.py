"""The configuration as a whole: defaults, overrides, and all problems at once."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from streams.errors import ConfigurationError
from streams.settings import configuration_from_mapping, load_settings

EXAMPLE = Path(__file__).resolve().parents[3] / "deploy" / "supportpulse.example.toml"


def paths_of(mapping: Mapping[str, object]) -> list[str]:
    """Return the places of all problems, sorted."""
    with pytest.raises(ConfigurationError) as raised:
        configuration_from_mapping(mapping)
    assert all(problem.message and problem.remedy for problem in raised.value.problems)
    return sorted(problem.path for problem in raised.value.problems)


def test_nothing_stated_gives_the_defaults() -> None:
    """No file is needed to begin with."""
    settings = load_settings()
    assert settings.kafka.bootstrap == "localhost:9092"
    assert settings.kafka.topics.name_of("tickets") == "support.tickets"
    assert (settings.http.host, settings.http.port) == ("127.0.0.1", 9464)
    assert settings.windows.lengths == ("5m", "15m", "30m", "1h", "today")
    assert settings.windows.horizon.default == 48 * 3_600_000
    assert settings.notices() == []


def test_environment_overrides_the_file(tmp_path: Path) -> None:
    """Key by key; numbers and truth values are read from text."""
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"http": {"port": 1, "token": "x"}, "site": {"name": "Berlin"}}))
    environment = {
        "SUPPORTPULSE_HTTP__PORT": "2",
        "SUPPORTPULSE_HTTP__OPEN": "true",
        "SUPPORTPULSE_SERVICE_LEVEL__PHONE__TARGET": "0.9",
    }
    settings = load_settings(file, environment)
    assert (settings.http.port, settings.http.open, settings.http.token) == (2, True, "x")
    assert settings.site.name == "Berlin"
    assert settings.service_level["phone"].target == 0.9


def test_every_problem_is_reported_in_one_pass() -> None:
    """Wrong values and broken rules between right ones come together."""
    assert paths_of(
        {
            "site": {"nam": "x", "time_zone": "Mars"},
            "http": {"host": "0.0.0.0", "port": "many"},
            "windows": {"resolution": "7s", "lengths": ["5m", "5m", "nonsense"]},
            "queues": [{"name": "a", "hours": "office"}, {"name": "a"}],
        }
    ) == [
        "http.host",
        "http.port",
        "queues[a]",
        "queues[a].hours",
        "site.nam",
        "site.time_zone",
        "windows.lengths[1]",
        "windows.lengths[2]",
        "windows.resolution",
    ]


def test_rule_about_a_wrong_value_is_not_reported_as_well() -> None:
    """What depends on a horizon that cannot be read is left out."""
    assert paths_of({"windows": {"horizon": "soon", "retention": {"calls": "1h"}}}) == ["windows.horizon"]


def test_entry_without_its_required_key_is_named_by_its_place() -> None:
    """The rest of the configuration is still checked."""
    assert paths_of({"queues": [{"display_name": "x"}], "kafka": {"topics": {"calls": "support.chats"}}}) == [
        "kafka.topics.chats",
        "queues[0].name",
    ]


def test_section_that_is_no_table_is_one_problem() -> None:
    """Nothing below it is guessed."""
    assert paths_of({"windows": 5, "sla": [], "queues": {}, "service_level": "x"}) == [
        "queues",
        "service_level",
        "sla",
        "windows",
    ]


def test_variable_is_named_where_it_set_the_wrong_value() -> None:
    """Otherwise the operator would look for it in the file."""
    with pytest.raises(ConfigurationError) as raised:
        load_settings(None, {"SUPPORTPULSE_CLOCK__MODE": "sundial"})
    (problem,) = raised.value.problems
    assert problem.path == "clock.mode"
    assert "SUPPORTPULSE_CLOCK__MODE" in problem.message


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        (
            "SUPPORTPULSE_KAFAK__BOOTSTRAP",
            "x",
            "kafak: unknown key (set by SUPPORTPULSE_KAFAK__BOOTSTRAP); did",
        ),
        ("SUPPORTPULSE_SITE__NAM", "x", "site.nam: unknown key (set by SUPPORTPULSE_SITE__NAM); did"),
        ("SUPPORTPULSE_SITE__", "x", "site.: unknown key (set by SUPPORTPULSE_SITE__); remove it"),
        (
            "SUPPORTPULSE_WINDOWS__LENGTHS",
            '["5m"',
            "windows.lengths: is no list (set by SUPPORTPULSE_WINDOWS",
        ),
        ("SUPPORTPULSE_REDIS", "x", "redis: is no table (set by SUPPORTPULSE_REDIS, where it is JSON)"),
        (
            "SUPPORTPULSE_QUEUES__0__NAME",
            "c",
            "queues: is no list (set by SUPPORTPULSE_QUEUES__0__NAME, where",
        ),
        ("SUPPORTPULSE_SITE__NAME__DEEPER", "c", "site.name: should be a valid string (set by SUPPORTPULSE_"),
    ],
)
def test_wrong_variable_is_one_problem(variable: str, value: str, said: str) -> None:
    """Nothing that is meant as configuration passes unseen."""
    with pytest.raises(ConfigurationError) as raised:
        load_settings(None, {variable: value})
    (problem,) = raised.value.problems
    assert str(problem).startswith(said)


def test_problems_of_file_and_environment_come_together(tmp_path: Path) -> None:
    """Where both state a key, only the value that holds is looked at."""
    file = tmp_path / "a.toml"
    file.write_text('[site]\ntime_zone = "Mars"\nnam = 1\n[clock]\nmode = "sun"\n')
    environment = {
        "SUPPORTPULSE_SITE__TIME_ZONE": "UTC",
        "SUPPORTPULSE_HTTP__PORT": "many",
        "SUPPORTPULSE_QUEUES": "[]",
        "SUPPORTPULSE_QUEUES__0__NAME": "a",
    }
    with pytest.raises(ConfigurationError) as raised:
        load_settings(file, environment)
    paths = sorted(problem.path for problem in raised.value.problems)
    assert paths == ["SUPPORTPULSE_QUEUES__0__NAME", "clock.mode", "http.port", "site.nam"]


def test_plain_data_is_never_mixed_with_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worked scenario means the same on every machine; so do defaults without an environment."""
    monkeypatch.setenv("SUPPORTPULSE_SITE__NAME", "Berlin")
    monkeypatch.setenv("SUPPORTPULSE_NO__SECTION", "x")
    assert configuration_from_mapping({"site": {"max_queues": 3}}).site.name == ""
    assert load_settings().site.name == ""


def test_names_of_the_librarys_own_options_are_unknown_keys() -> None:
    """pydantic-settings takes such names as arguments; in a file they are nothing."""
    names = ["_cli_parse_args", "_env_file", "_secrets_dir", "sources"]
    assert paths_of(dict.fromkeys(names, "x")) == names


def test_secret_never_shows_in_text() -> None:
    """Neither tokens nor passwords nor the URL that may hold one."""
    settings = configuration_from_mapping(
        {
            "http": {"token": "hunter2"},
            "redis": {"url": "redis://:hunter2@redis"},
            "kafka": {
                "security": {
                    "protocol": "SASL_SSL",
                    "mechanism": "PLAIN",
                    "username": "u",
                    "password": "hunter2",
                }
            },
        }
    )
    assert "hunter2" not in repr(settings)
    assert settings.http.secret() == settings.kafka.security.secret() == "hunter2"


def test_secret_comes_from_its_file_without_the_line_end(tmp_path: Path) -> None:
    """Editors end files with a line end; it is no part of the token."""
    file = tmp_path / "token"
    file.write_text("hunter2\n")
    settings = configuration_from_mapping({"http": {"host": "0.0.0.0", "token_file": str(file)}})
    assert settings.http.secret() == "hunter2"
    assert load_settings().http.secret() is None


def test_engine_is_resolved_once() -> None:
    """Calendars of a country are not built twice."""
    settings = load_settings()
    assert settings.engine() is settings.engine()


def test_example_is_right_and_without_surprises() -> None:
    """The file that operators start from loads, and its numbers are the ones it shows."""
    settings = load_settings(EXAMPLE)
    assert settings.notices() == []
    assert settings.engine().service_level("billing", "phone", "calls").threshold == 30_000
    target = settings.engine().sla_target("outages", "first_response")
    assert target is not None
    assert (target.clock, target.allowed["urgent"]) == ("calendar", 900_000)
