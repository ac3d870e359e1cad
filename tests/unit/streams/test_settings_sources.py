"""Files and environment variables as documents."""

from pathlib import Path

import pytest

from streams.errors import ConfigurationError
from streams.settings_sources import overlay, read_document


def test_toml_and_json_give_the_same_document(tmp_path: Path) -> None:
    """The suffix decides; the shape is one."""
    (tmp_path / "a.toml").write_text('[site]\nname = "Zürich"\n', encoding="utf-8")
    (tmp_path / "a.json").write_text('{"site": {"name": "Zürich"}}', encoding="utf-8")
    assert (
        read_document(tmp_path / "a.toml")
        == read_document(tmp_path / "a.json")
        == {"site": {"name": "Zürich"}}
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.yaml", b"site:", "suffix"),
        ("a.toml", b"[site\n", "no valid TOML"),
        ("a.json", b"{,}", "no valid JSON"),
        ("a.json", b"[]", "no table"),
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
        read_document(path)
    (problem,) = raised.value.problems
    assert problem.path == str(path)
    assert said in problem.message


def test_missing_file_is_named(tmp_path: Path) -> None:
    """A file that was asked for and is not there is an error, not the defaults."""
    with pytest.raises(ConfigurationError, match="No such file"):
        read_document(tmp_path / "none.toml")


def test_variable_sets_its_key_and_leaves_the_rest() -> None:
    """Deeper tables are made where there are none; the document itself does not change."""
    document = {"windows": {"resolution": "10s"}, "calendars": {"Berlin": {"country": "DE"}}}
    result, origins, problems = overlay(
        document,
        {
            "SUPPORTPULSE_WINDOWS__HORIZON__DEFAULT": "7d",
            "SUPPORTPULSE_KAFKA__BOOTSTRAP": "kafka:9092",
            "SUPPORTPULSE_CALENDARS__BERLIN__SUBDIVISION": "BE",
            "PATH": "/bin",
        },
    )
    assert problems == []
    assert result == {
        "windows": {"resolution": "10s", "horizon": {"default": "7d"}},
        "kafka": {"bootstrap": "kafka:9092"},
        "calendars": {"Berlin": {"country": "DE", "subdivision": "BE"}},
    }
    assert document == {"windows": {"resolution": "10s"}, "calendars": {"Berlin": {"country": "DE"}}}
    assert origins["calendars", "Berlin", "subdivision"] == "SUPPORTPULSE_CALENDARS__BERLIN__SUBDIVISION"


def test_json_gives_lists_and_whole_tables() -> None:
    """A table replaces the one that is there; a key of it may then be set by another variable."""
    result, _, problems = overlay(
        {"site": {"name": "a", "time_zone": "UTC"}},
        {
            "SUPPORTPULSE_WINDOWS__LENGTHS": '["5m", "today"]',
            "SUPPORTPULSE_SITE": '{"name": "b"}',
            "SUPPORTPULSE_SITE__MAX_QUEUES": "3",
        },
    )
    assert problems == []
    assert result == {"windows": {"lengths": ["5m", "today"]}, "site": {"name": "b", "max_queues": "3"}}


def test_number_is_the_place_in_a_list() -> None:
    """An entry is changed, or added at the end."""
    result, _, problems = overlay(
        {"queues": [{"name": "a"}]},
        {"SUPPORTPULSE_QUEUES__0__HOURS": "office", "SUPPORTPULSE_QUEUES__1__NAME": "b"},
    )
    assert problems == []
    assert result == {"queues": [{"name": "a", "hours": "office"}, {"name": "b"}]}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SUPPORTPULSE_WINDOWS__LENGTHS", '["5m"'),
        ("SUPPORTPULSE_QUEUES__2__NAME", "c"),
        ("SUPPORTPULSE_QUEUES__FIRST__NAME", "c"),
        ("SUPPORTPULSE_SITE__NAME__DEEPER", "c"),
        ("SUPPORTPULSE_SITE__", "c"),
    ],
)
def test_variable_that_leads_nowhere_is_a_problem(variable: str, value: str) -> None:
    """The variable itself is the path."""
    _, origins, problems = overlay({"site": {"name": "x"}, "queues": []}, {variable: value})
    assert [problem.path for problem in problems] == [variable]
    assert origins == {}


def test_other_variables_with_the_prefix_are_no_keys() -> None:
    """SUPPORTPULSE_CONFIG names the file; without a section and a key nothing is set."""
    result, origins, problems = overlay(
        {}, {"SUPPORTPULSE_CONFIG": "a.toml", "SUPPORTPULSE_REQUIRE_ALL": "1"}
    )
    assert (result, origins, problems) == ({}, {}, [])
