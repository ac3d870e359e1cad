"""How much there is: short in `make test`, long in `make soak`."""

import os
from typing import Final

IS_SOAK: Final = os.environ.get("SUPPORTPULSE_SOAK") == "1"


def amount(*, sample: int, soak: int) -> int:
    """Return the amount for this run."""
    return soak if IS_SOAK else sample
