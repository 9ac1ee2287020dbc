import pytest

from tacit.records.places import EU_MEMBERS, covers


def test_the_union_has_twenty_seven_members_in_iso_codes():
    assert len(EU_MEMBERS) == 27
    assert {"GR", "IE", "HR"} <= EU_MEMBERS
    assert not {"EL", "GB", "UK", "CH", "NO", "EU"} & EU_MEMBERS


@pytest.mark.parametrize(
    ("territory", "place", "covered"),
    [
        (("EU",), "DE", True),
        (("EU",), "EU", True),
        (("EU",), "GB", False),
        (("DE",), "EU", False),
        (("DE",), "DE", True),
        (("DE",), "FR", False),
        (tuple(EU_MEMBERS), "EU", True),
        (tuple(EU_MEMBERS - {"MT"}), "EU", False),
        ((), "DE", False),
        (("EU",), "", False),
        (("EU",), "de", False),
    ],
)
def test_a_territory_covers_what_it_names_and_the_union_its_members(territory, place, covered):
    assert covers(territory, place) is covered
