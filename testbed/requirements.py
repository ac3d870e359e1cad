"""What a test says when it needs something this machine may lack: skipped with the reason, or failed.

A missing component skips the test. With `SUPPORTPULSE_REQUIRE_ALL=1` (`.ci/run`) it fails it instead, so that
a green run has shown everything. The shared folder with worked cases lies beside the checkout; it is also
required wherever `CI=true`.
"""

import os
from pathlib import Path

import pytest

from testbed.availability import why_missing

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT / ".." / "shared"


def is_all_required() -> bool:
    """Say whether a missing component is a failure."""
    return os.environ.get("SUPPORTPULSE_REQUIRE_ALL") == "1"


def is_continuous_integration() -> bool:
    """Say whether the tests run where the checkout is known to be complete."""
    return is_all_required() or os.environ.get("CI") == "true"


def require(*components: str) -> None:
    """Skip or fail the running test unless all components can be started.

    Args:
        components: names of `testbed.availability.COMPONENTS`.
    """
    for component in components:
        reason = why_missing(component)
        if reason is not None:
            _give_up(reason, is_failure=is_all_required())


def require_shared_folder() -> Path:
    """Return the folder of shared contracts, scenarios and data, or skip or fail the running test."""
    if not SHARED.is_dir():
        _give_up(f"the shared folder {SHARED} is not there", is_failure=is_continuous_integration())
    return SHARED.resolve()


def _give_up(reason: str, *, is_failure: bool) -> None:
    if is_failure:
        pytest.fail(f"required, but {reason}", pytrace=False)
    pytest.skip(reason)
