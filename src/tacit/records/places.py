"""Countries that belong together in law. Codes are ISO 3166-1 alpha-2, and "EU" for the Union itself."""

from collections.abc import Collection

EU_MEMBERS = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)
"""The member states. Source: Publications Office of the EU, country list of the interinstitutional style guide, section
7.1.1, as ISO 3166 writes them (GR, not EL)."""

GDPR_PLACES = EU_MEMBERS | {"EU", "IS", "LI", "NO"}
"""Where the GDPR is law: the Union and, by decision 154/2018 of the EEA Joint Committee, Iceland, Liechtenstein and
Norway."""


def covers(territory: Collection[str], place: str) -> bool:
    """True where a place lies in a territory: it is named, or it is part of the Union and the Union is named.

    The whole Union lies in a territory that names it or every one of its members.
    """
    if place in territory:
        return True
    return (place in EU_MEMBERS and "EU" in territory) or (place == "EU" and set(territory) >= EU_MEMBERS)
