"""Places where a licence is good: countries by code, and EU for all countries of the Union together."""

from collections.abc import Collection

EU = "EU"

EU_MEMBERS = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
"""Codes of the 27 countries of the European Union.

Source: the Union's own list of its countries (european-union.europa.eu, country profiles), the same since 2020-02-01;
codes of ISO 3166-1, so Greece is GR and not EL.
"""


def covers(territory: Collection[str], place: str) -> bool:
    """True where a place lies in a territory: it is named, or it is part of the Union and the Union is named.

    The whole Union lies in a territory that names it or every one of its countries.
    """
    if place in territory:
        return True
    return (place in EU_MEMBERS and EU in territory) or (place == EU and set(territory) >= EU_MEMBERS)
