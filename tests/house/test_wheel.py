"""The wheel holds the three packages and nothing else, and their names are nobody else's."""

import importlib.metadata
import subprocess
import sys
import tomllib
import zipfile

import pytest

from testbed.project_files import PACKAGES, PROJECT

DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Give the wheel as built from this checkout, without a network."""
    target = tmp_path_factory.mktemp("wheel")
    build = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(target),
        str(PROJECT),
    ]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = target.glob("*.whl")
    return zipfile.ZipFile(file)


def test_exactly_the_three_packages_are_in_it(wheel: zipfile.ZipFile) -> None:
    """Beside them there is only the metadata."""
    metadata = f"supportpulse-{DECLARED['version']}.dist-info"
    assert {name.partition("/")[0] for name in wheel.namelist()} == {*PACKAGES, metadata}


def test_every_module_is_in_it_once(wheel: zipfile.ZipFile) -> None:
    """What runs from the checkout runs from the wheel."""
    modules = [
        path.relative_to(PROJECT).as_posix()
        for package in PACKAGES
        for path in (PROJECT / package).rglob("*.py")
    ]
    assert sorted(name for name in wheel.namelist() if name.endswith(".py")) == sorted(modules)


def test_the_command_and_the_licence_are_in_the_metadata(wheel: zipfile.ZipFile) -> None:
    """Installing gives one command; the licence text travels along."""
    folder = f"supportpulse-{DECLARED['version']}.dist-info"
    assert wheel.read(f"{folder}/entry_points.txt").decode().split() == [
        "[console_scripts]",
        "supportpulse",
        "=",
        "streams.command_line:main",
    ]
    assert b"Apache License" in wheel.read(f"{folder}/licenses/LICENSE")
    assert b"License-Expression: Apache-2.0" in wheel.read(f"{folder}/METADATA")


def test_no_other_distribution_claims_one_of_the_names() -> None:
    """Of everything installed here, only supportpulse may bring these top-level names."""
    claims = importlib.metadata.packages_distributions()
    others = {package: set(claims.get(package, ())) - {"supportpulse"} for package in PACKAGES}
    assert others == {package: set() for package in PACKAGES}
    assert set(claims["faust"]) == {"faust-streaming"}


def test_the_framework_is_pinned_exactly() -> None:
    """Its private API is leaned on, so another version is another program."""
    assert "faust-streaming==0.15.3" in DECLARED["dependencies"]
    assert importlib.metadata.version("faust-streaming") == "0.15.3"
