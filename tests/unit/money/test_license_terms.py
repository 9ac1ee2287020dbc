from dataclasses import replace
from datetime import date

import pytest

from tacit.money.license_terms import check_license_terms
from tacit.records.errors import LicenseTermsError
from tacit.records.license import Terms
from tacit.records.money import Money
from tacit.records.purposes import Purpose


@pytest.fixture
def check(agreement, dataset):
    """Check terms that are good but for what is named."""

    def check_changed(made=dataset, today=date(2026, 11, 3), **changed):
        terms = {
            "dataset": "ds-1",
            "licensee": "Lab Seven",
            "purposes": frozenset({Purpose.TRAIN_ROBOT_SKILL}),
            "territory": ("IN",),
            "valid_until": date(2027, 12, 31),
            "price": Money("INR", 100),
        }
        check_license_terms(agreement, made, Terms(**(terms | changed)), today)

    return check_changed


def test_terms_inside_the_agreement_pass(check):
    check()
    check(valid_until=date(2028, 12, 31), territory=("IN", "EU"))
    check(valid_until=date(2026, 11, 3))
    check(purposes=frozenset({Purpose.TRAIN_ROBOT_SKILL, Purpose.RESEARCH}))
    check(territory=("DE", "IN"))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"purposes": frozenset({Purpose.TRAIN_PEOPLE})}, "does not allow the purpose train-people"),
        (
            {"purposes": frozenset({Purpose.RESEARCH})},
            "built for train-robot-skill, which is not among what is asked for: research",
        ),
        ({"purposes": frozenset()}, "asked for: none"),
        ({"territory": ("IN", "US")}, "does not allow use in US; it allows IN, EU"),
        ({"territory": ()}, "No territory is named"),
        ({"valid_until": date(2026, 11, 2)}, "2026-11-02 is past"),
        ({"valid_until": date(2029, 1, 1)}, "after the agreement's own last day 2028-12-31"),
        ({"today": date(2025, 12, 31)}, "The agreement runs from 2026-01-01"),
        ({"price": Money("USD", 100)}, "is not in INR"),
        ({"price": Money("INR", 0)}, "is not more than zero"),
    ],
)
def test_a_term_beyond_the_agreement_is_refused(check, changed, sentence):
    with pytest.raises(LicenseTermsError, match=sentence) as caught:
        check(**changed)
    assert caught.value.rule == "R8"


def test_all_faults_are_listed_at_once(check):
    with pytest.raises(LicenseTermsError) as caught:
        check(territory=("US",), valid_until=date(2029, 1, 1), price=Money("USD", 0))
    assert len(caught.value.faults) == 4


def test_a_dataset_of_another_agreement_is_refused(check, dataset):
    with pytest.raises(LicenseTermsError, match="made under another-2026"):
        check(made=replace(dataset, agreement_id="another-2026"))
