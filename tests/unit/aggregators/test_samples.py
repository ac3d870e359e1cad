"""Samples are values."""

from aggregators.samples import Sample


def test_equal_samples_are_equal() -> None:
    """Name, labels and value make a sample."""
    labels = (("channel", "phone"),)
    assert Sample("support_x", labels, 1) == Sample("support_x", labels, 1)
    assert Sample("support_x", labels, 1) != Sample("support_x", labels, 2)
