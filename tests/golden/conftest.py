"""The same small site as the exporters' unit tests."""

from tests.unit.exporters.conftest import site

__all__ = ["site"]
