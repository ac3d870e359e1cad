"""What the reference says about customers before their table."""

from typing import get_args, get_type_hints

from aggregators.configuration import CustomerOptions
from exporters.reference_customers import customers_introduction


def test_every_option_and_value_is_explained() -> None:
    """As they are written in the configuration."""
    page = customers_introduction()
    for option, kind in get_type_hints(CustomerOptions).items():
        assert f"`{option}`" in page
        for value in get_args(kind):
            assert f"`{value}`" in page
