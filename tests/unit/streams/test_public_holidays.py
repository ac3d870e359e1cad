"""Public holidays by country, subdivision and year."""

from datetime import date

import pytest

from streams.public_holidays import public_holidays


def test_subdivisions_have_holidays_of_their_own() -> None:
    """Women's Day is one in Berlin since 2019, Epiphany in Bavaria."""
    berlin, bavaria = public_holidays("DE", "BE"), public_holidays("DE", "BY")
    assert date(2026, 3, 8) in berlin
    assert date(2018, 3, 8) not in berlin
    assert date(2026, 1, 6) in bavaria - berlin
    assert date(2026, 12, 25) in berlin & bavaria
    assert public_holidays("DE", "Berlin") == berlin


def test_every_year_of_the_contract_is_covered() -> None:
    """Independence Day from 1970 to 2100, and nothing outside; Germany is known since its unity."""
    found = public_holidays("US", None)
    assert {day.year for day in found if (day.month, day.day) == (7, 4)} == set(range(1970, 2101))
    assert {day.year for day in found} == set(range(1970, 2101))
    assert {day.year for day in public_holidays("DE", None)} == set(range(1991, 2101))


@pytest.mark.parametrize(
    ("country", "subdivision"), [("XX", None), ("", None), ("DE", "XX"), ("Germany", None)]
)
def test_unknown_country_or_subdivision_says_what_is_known(country: str, subdivision: str | None) -> None:
    """The text has what is wrong and, after a semicolon, what to do."""
    with pytest.raises(LookupError, match="is not known; use"):
        public_holidays(country, subdivision)
