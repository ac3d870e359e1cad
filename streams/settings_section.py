"""What all sections of the configuration have in common, and how a secret is read.

Guarantee: unknown keys are errors, values do not change, NaN and infinity are refused.
Worked: secret("", Path("/run/secrets/kafka")) is what stands in that file, without the line end.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the configuration: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def secret(stated: str, file: Path | None) -> str | None:
    """Return a secret as stated or from its file, without the line end; None where neither is given."""
    if file is not None:
        return file.read_text(encoding="utf-8").strip()
    return stated or None
