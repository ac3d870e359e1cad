"""Public holidays of a country for 1970–2100, from the `holidays` package, loaded only where a calendar asks.

Guarantee: the same installed package gives the same dates. They are part of the configuration's fingerprint,
so a new release that corrects a date counts as a change of configuration. How far back a country is known is
the package's matter: Germany since 1991, the United States since 1777; before that there are no holidays.
Cost: 0.1 s to import, up to 0.2 s a country.
"""

from __future__ import annotations

import warnings
from datetime import date
from functools import lru_cache
from typing import Final

YEARS: Final = range(1970, 2101)


@lru_cache(maxsize=32)
def public_holidays(country: str, subdivision: str | None) -> frozenset[date]:
    """Return the public holidays of a country (ISO 3166) and one of its subdivisions, days in lieu included.

    Raises LookupError, with the names that are known, for a country or subdivision that is not.
    """
    import holidays  # noqa: PLC0415  # only a site with a country pays for it

    known = holidays.list_supported_countries()
    if country not in known:
        raise LookupError(f"country {country!r} is not known; use a two-letter code such as DE")
    with warnings.catch_warnings():
        # Some countries are known for a part of the years only; outside it there are no holidays.
        warnings.simplefilter("ignore")
        try:
            return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=YEARS))
        except NotImplementedError as error:
            names = ", ".join(known[country]) or "none, leave it out"
            message = f"subdivision {subdivision!r} of {country} is not known; use one of: {names}"
            raise LookupError(message) from error
