"""Which program this is, for pages and metrics.

Guarantee: the version is that of the installed distribution.
Worked: Build(version="0.1.0", python="3.11.7").
"""

from __future__ import annotations

import platform
from importlib.metadata import version

from exporters.pipeline_status import Build


def build_info() -> Build:
    """Return which program this is."""
    return Build(version("supportpulse"), platform.python_version())
