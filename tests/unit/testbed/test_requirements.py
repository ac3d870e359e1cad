"""A missing component skips a test with its reason, and fails it where everything is required."""

from pathlib import Path

import pytest

from testbed import requirements


@pytest.fixture(autouse=True)
def _neither_gate_nor_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUPPORTPULSE_REQUIRE_ALL", raising=False)
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture
def no_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Redis be missing for a stated reason."""
    monkeypatch.setattr(
        requirements, "why_missing", lambda name: "redis: the reason" if name == "redis" else None
    )


@pytest.mark.usefixtures("no_redis")
def test_a_missing_component_skips_with_its_reason() -> None:
    """The present one before it does not."""
    requirements.require("kafka")
    with pytest.raises(pytest.skip.Exception, match="redis: the reason"):
        requirements.require("kafka", "redis")


@pytest.mark.usefixtures("no_redis")
def test_a_missing_component_fails_where_all_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    """A green gate has run everything."""
    monkeypatch.setenv("SUPPORTPULSE_REQUIRE_ALL", "1")
    with pytest.raises(pytest.fail.Exception, match="required, but redis: the reason"):
        requirements.require("redis")


def test_the_shared_folder_is_given_when_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its path is resolved."""
    monkeypatch.setattr(requirements, "SHARED", tmp_path / "x" / ".." / ".")
    (tmp_path / "x").mkdir()
    assert requirements.require_shared_folder() == tmp_path


@pytest.mark.parametrize("variable", ["CI=true", "SUPPORTPULSE_REQUIRE_ALL=1"])
def test_a_missing_shared_folder_skips_by_hand_and_fails_in_a_gate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """Either variable makes it required."""
    monkeypatch.setattr(requirements, "SHARED", tmp_path / "absent")
    with pytest.raises(pytest.skip.Exception, match="shared folder"):
        requirements.require_shared_folder()
    name, _, value = variable.partition("=")
    monkeypatch.setenv(name, value)
    with pytest.raises(pytest.fail.Exception, match="shared folder"):
        requirements.require_shared_folder()
