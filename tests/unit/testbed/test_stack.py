"""Services of the compose file become command lines of this machine."""

from pathlib import Path

import pytest

from testbed.stack import Stack, StackProcess, mounts_of, services
from testbed.support_site import PROGRAM, CommandFailed, SupportSite

OUTSIDE = {
    "kafka:19092": "127.0.0.1:15001",
    "redis:6379": "127.0.0.1:15002",
    "/run/secrets/redis-password": "here.secret",
}


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """Give a stack whose servers do not run."""
    return Stack(SupportSite("127.0.0.1:15001", "unit", tmp_path, partitions=1), OUTSIDE)


def test_own_commands_are_those_of_the_program(stack: Stack) -> None:
    """Behind the image's entry point, with the arguments of the file."""
    assert stack.command("processor-2") == [str(PROGRAM), "run", "--instance", "processor-2"]


def test_inside_becomes_outside(stack: Stack) -> None:
    """Addresses, secrets and mounted files; topics, group and port are the test's own."""
    variables = stack.environment("exporter", 15003)
    assert variables["SUPPORTPULSE_KAFKA__BOOTSTRAP"] == "127.0.0.1:15001"
    assert variables["SUPPORTPULSE_REDIS__URL"] == "redis://127.0.0.1:15002/0"
    assert "here.secret" in variables.values()
    assert Path(variables["SUPPORTPULSE_CONFIG"]).is_file()
    assert variables["SUPPORTPULSE_HTTP__PORT"] == "15003"
    assert variables["SUPPORTPULSE_KAFKA__GROUP"] == "unit"
    assert "unit-calls" in variables["SUPPORTPULSE_KAFKA__TOPICS"]
    assert variables.keys() >= services()["exporter"]["environment"].keys()


def test_the_command_of_another_image_stays_its_own(stack: Stack) -> None:
    """`$$` of the file is the shell's `$`."""
    shell, option, script = stack.command("redis")
    assert (shell, option) == ("sh", "-c")
    assert "$(cat here.secret)" in script


def test_only_files_of_the_checkout_are_mounts(stack: Stack) -> None:
    """Named volumes have no outside."""
    assert set(mounts_of("grafana")) == {"/etc/grafana/provisioning", "/var/lib/grafana/dashboards"}
    assert all(Path(here).exists() for here in mounts_of("grafana").values())
    assert stack.replaced("/var/lib/grafana", "grafana") == "/var/lib/grafana"


def test_a_command_line_sets_the_variables(stack: Stack) -> None:
    """So that nothing of this process's environment has to change."""
    process = StackProcess(stack, "exporter")
    line = process._command()
    assert line[0] == "env"
    assert f"SUPPORTPULSE_HTTP__PORT={process.port}" in line
    assert line[-2:] == [str(PROGRAM), "exporter"]
    process.close()


def test_a_failure_is_told(stack: Stack) -> None:
    """With what the program printed."""
    with pytest.raises(CommandFailed, match="topics ended with 2"):
        stack.run("topics", "--partitions", "none")
