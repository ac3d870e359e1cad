"""Files and environment variables as documents, and what the library would let pass unseen."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from streams.errors import ConfigurationError
from streams.settings import Settings
from streams.settings_sources import Location, Merged, Variables, file_source


def read(path: Path | None) -> dict[str, object]:
    """Return what a file states."""
    return file_source(Settings, path)()


def variables_of(
    environment: Mapping[str, str], file: Mapping[str, object] | None = None
) -> tuple[dict[str, object], dict[Location, str], list[str]]:
    """Return what an environment states, which variable set what, and the variables that set nothing."""
    source = Variables(Settings, environment, file or {})
    stated = source()
    return stated, source.origins, [problem.path for problem in source.problems]


def test_toml_and_json_give_the_same_document(tmp_path: Path) -> None:
    """The suffix decides; the shape is one, and an editor's byte order mark does no harm to JSON."""
    (tmp_path / "a.toml").write_text('[site]\nname = "Zürich"\n', encoding="utf-8")
    (tmp_path / "a.json").write_text('{"site": {"name": "Zürich"}}', encoding="utf-8-sig")
    assert read(tmp_path / "a.toml") == read(tmp_path / "a.json") == {"site": {"name": "Zürich"}}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.yaml", b"site:", "suffix"),
        ("a.toml", b"[site\n", "no valid TOML"),
        ("a.json", b"{,}", "no valid JSON"),
        ("a.json", b"[]", "no table"),
        ("a.json", b"5", "no table"),
        ("a.toml", b"\xff\xfe", "no valid TOML"),
    ],
)
def test_wrong_file_is_one_problem_with_its_name(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    """The operator reads which file and what is wrong with it."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ConfigurationError) as raised:
        read(path)
    (problem,) = raised.value.problems
    assert problem.path == str(path)
    assert said in problem.message


def test_missing_file_is_named(tmp_path: Path) -> None:
    """A file that was asked for and is not there is an error, not the defaults; a folder is no file."""
    with pytest.raises(ConfigurationError, match="No such file"):
        read(tmp_path / "none.toml")
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(ConfigurationError, match="Is a directory"):
        read(tmp_path / "folder.json")


def test_no_file_states_nothing() -> None:
    """The defaults are in the models."""
    assert read(None) == {}


def test_file_spells_sections_as_documented(tmp_path: Path) -> None:
    """`[Site]` is not `[site]`: it stays what it is, and is refused as an unknown key."""
    (tmp_path / "a.toml").write_text('[Site]\nname = "a"\n', encoding="utf-8")
    assert read(tmp_path / "a.toml") == {"Site": {"name": "a"}}


def test_variable_sets_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deeper tables are made where there are none; what is not handed over has no say."""
    monkeypatch.setenv("SUPPORTPULSE_SITE__NAME", "of the process")
    stated, origins, lost = variables_of(
        {
            "SUPPORTPULSE_WINDOWS__HORIZON__DEFAULT": "7d",
            "SUPPORTPULSE_KAFKA__BOOTSTRAP": "kafka:9092",
            "PATH": "/bin",
        }
    )
    assert stated == {"windows": {"horizon": {"default": "7d"}}, "kafka": {"bootstrap": "kafka:9092"}}
    assert origins == {
        ("windows", "horizon", "default"): "SUPPORTPULSE_WINDOWS__HORIZON__DEFAULT",
        ("kafka", "bootstrap"): "SUPPORTPULSE_KAFKA__BOOTSTRAP",
    }
    assert lost == []


def test_names_are_spelled_as_in_the_file() -> None:
    """A variable cannot tell capitals apart; without this there would be a second calendar `berlin`."""
    stated, origins, lost = variables_of(
        {"SUPPORTPULSE_CALENDARS__BERLIN__SUBDIVISION": "BE", "SUPPORTPULSE_CALENDARS__ROME__COUNTRY": "IT"},
        {"calendars": {"Berlin": {"country": "DE"}}},
    )
    assert stated == {"calendars": {"Berlin": {"subdivision": "BE"}, "rome": {"country": "IT"}}}
    assert origins["calendars", "Berlin", "subdivision"] == "SUPPORTPULSE_CALENDARS__BERLIN__SUBDIVISION"
    assert lost == []


def test_json_gives_lists_and_tables() -> None:
    """A key of a table may be set by another variable, which is the more particular one."""
    stated, _, lost = variables_of(
        {
            "SUPPORTPULSE_WINDOWS__LENGTHS": '["5m", "today"]',
            "SUPPORTPULSE_QUEUES": '[{"name": "Billing"}]',
            "SUPPORTPULSE_SITE__NAME": "c",
            "SUPPORTPULSE_SITE": '{"name": "b", "max_queues": 3}',
            "SUPPORTPULSE_SERVICE_LEVEL__PHONE": '{"target": 0.9}',
            "SUPPORTPULSE_CALENDARS__OFFICE__WEEKLY__MON": '["09:00-12:00"]',
        }
    )
    assert lost == []
    assert stated == {
        "windows": {"lengths": ["5m", "today"]},
        "queues": [{"name": "Billing"}],
        "site": {"name": "c", "max_queues": 3},
        "service_level": {"phone": {"target": 0.9}},
        "calendars": {"office": {"weekly": {"mon": ["09:00-12:00"]}}},
    }


def test_text_in_place_of_json_stays_text() -> None:
    """One duration is a horizon; a name may begin like a list."""
    stated, _, _ = variables_of({"SUPPORTPULSE_WINDOWS__HORIZON": "7d", "SUPPORTPULSE_SITE__NAME": "[x"})
    assert stated == {"windows": {"horizon": "7d"}, "site": {"name": "[x"}}


@pytest.mark.parametrize(
    ("lost", "whole", "value"),
    [
        ("SUPPORTPULSE_QUEUES__0__NAME", "SUPPORTPULSE_QUEUES", '[{"name": "a"}]'),
        ("SUPPORTPULSE_WINDOWS__HORIZON__DEFAULT", "SUPPORTPULSE_WINDOWS__HORIZON", "7d"),
        ("SUPPORTPULSE_SITE__NAME__DEEPER", "SUPPORTPULSE_SITE__NAME", "b"),
    ],
)
def test_variable_that_another_leaves_no_place_for_is_a_problem(lost: str, whole: str, value: str) -> None:
    """The library would leave it out without a word."""
    _, origins, problems = variables_of({lost: "1d", whole: value})
    assert problems == [lost]
    assert list(origins.values()) == [whole]


def test_unknown_section_is_stated_so_that_it_is_refused() -> None:
    """The library would look only for the sections it knows."""
    stated, origins, _ = variables_of({"SUPPORTPULSE_KAFAK__BOOTSTRAP": "x", "SUPPORTPULSE__SITE__NAME": "y"})
    assert stated == {"kafak": {}, "_site": {}}
    assert origins == {("kafak",): "SUPPORTPULSE_KAFAK__BOOTSTRAP", ("_site",): "SUPPORTPULSE__SITE__NAME"}


def test_other_variables_with_the_prefix_are_no_keys() -> None:
    """SUPPORTPULSE_CONFIG names the file; without section and key, or in small letters, nothing is set."""
    environment = {
        "SUPPORTPULSE_CONFIG": "a.toml",
        "SUPPORTPULSE_REQUIRE_ALL": "1",
        "supportpulse_site__name": "x",
    }
    assert variables_of(environment) == ({}, {}, [])


def test_what_all_sources_state_is_kept_for_messages(tmp_path: Path) -> None:
    """The environment is over the file, key by key; a list is replaced as a whole."""
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"site": {"name": "a", "max_queues": 5}, "windows": {"lengths": ["5m"]}}))
    merged = Merged(Settings)
    environment = {"SUPPORTPULSE_SITE__NAME": "b", "SUPPORTPULSE_WINDOWS__LENGTHS": '["1h"]'}
    Settings.of(Variables(Settings, environment, read(file)), file_source(Settings, file), merged)
    assert merged.document == {"site": {"name": "b", "max_queues": 5}, "windows": {"lengths": ["1h"]}}
