"""Which program this is."""

import platform
from importlib.metadata import version

from streams.program import build_info


def test_version_and_python_are_those_that_run() -> None:
    """As the distribution is installed."""
    assert (build_info().version, build_info().python) == (version("supportpulse"), platform.python_version())
