"""Agreements as people write them."""

import tomllib

import pytest

from tacit.records.errors import FaultyFileError
from tacit.records.money import Money
from tacit.records.purposes import Purpose
from tacit.rights.agreement_file import read_agreement

AGREEMENT = """\
id = "line-1"
kind = "collective"
parties = ["Union", "Plant"]
jurisdiction = "IN"
valid_from = 2026-01-01
valid_to = 2028-12-31
purposes = ["train-robot-skill", "research"]
review_hold_h = 72
raw_retention_days = 30
group_size_min = 5

[title]
en = "Filming at the line"
hi = "लाइन पर फ़िल्मिंग"

[ownership]
footage = "worker"
datasets = "shared"
skills = "plant"

[territory]
allowed = ["IN", "EU"]

[bounty]
currency = "INR"
per_accepted_hour = "2500.00"
floor_per_hour = "250.00"

[royalty]
pool_percent = "12.5"
remainder_to = "plant"
internal_run = "0.05"
split = { hours = "33.33", value = "66.67" }
after_withdrawal = "keep-earning"
"""


def read(tmp_path, text=AGREEMENT):
    path = tmp_path / "agreement.toml"
    path.write_text(text, encoding="utf-8")
    return read_agreement(path)[0]


def lines_of_faults(tmp_path, text):
    with pytest.raises(FaultyFileError) as caught:
        read(tmp_path, text)
    return [fault.line for fault in caught.value.faults]


def test_a_whole_agreement_is_read(tmp_path):
    agreement = read(tmp_path)
    assert agreement.agreement_id == "line-1"
    assert agreement.purposes == {Purpose.TRAIN_ROBOT_SKILL, Purpose.RESEARCH}
    assert agreement.bounty.per_accepted_hour == Money("INR", 250000)
    assert agreement.royalty.pool_basis_points == 1250
    assert (agreement.royalty.hours_basis_points, agreement.royalty.value_basis_points) == (3333, 6667)
    assert agreement.royalty.internal_run == Money("INR", 5)


def test_another_wording_has_another_digest(tmp_path):
    assert read(tmp_path).digest != read(tmp_path, AGREEMENT + "# a note\n").digest


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ('id = "line-1"', 'id = "line 1/../x"'),
        ('kind = "collective"', 'kind = "verbal"'),
        ('parties = ["Union", "Plant"]', 'parties = ["Plant"]'),
        ('jurisdiction = "IN"', 'jurisdiction = "India"'),
        ("valid_to = 2028-12-31", "valid_to = 2025-12-31"),
        ('purposes = ["train-robot-skill", "research"]', 'purposes = ["rank-people"]'),
        ("group_size_min = 5", "group_size_min = 4"),
        ('footage = "worker"', 'footage = "plant"'),
        ('allowed = ["IN", "EU"]', 'allowed = ["india"]'),
        ('per_accepted_hour = "2500.00"', "per_accepted_hour = 2500.0"),
        ('floor_per_hour = "250.00"', 'floor_per_hour = "9250.00"'),
        ('pool_percent = "12.5"', 'pool_percent = "101"'),
        ('split = { hours = "33.33", value = "66.67" }', 'split = { hours = "50", value = "40" }'),
        ('after_withdrawal = "keep-earning"', 'after_withdrawal = "forfeit"'),
        ('internal_run = "0.05"', 'internal_run = "0.005"'),
    ],
)
def test_a_bad_value_is_told_at_its_own_line(tmp_path, line, instead):
    assert line in AGREEMENT
    expected = AGREEMENT.split("\n").index(line) + 1
    assert expected in lines_of_faults(tmp_path, AGREEMENT.replace(line, instead))


@pytest.mark.parametrize("key", list(tomllib.loads(AGREEMENT)))
def test_nothing_has_a_default(tmp_path, key):
    kept = []
    skipping = False
    for line in AGREEMENT.split("\n"):
        if line.startswith("["):
            skipping = line == f"[{key}]"
        if not skipping and not line.startswith(f"{key} ="):
            kept.append(line)
    assert lines_of_faults(tmp_path, "\n".join(kept))


def test_all_faults_are_listed_at_once(tmp_path):
    text = AGREEMENT.replace('"IN"\n', '"India"\n', 1).replace('"collective"', '"x"')
    text = text.replace('pool_percent = "12.5"', "")
    assert len(lines_of_faults(tmp_path, text)) == 3


def in_yen(rate, floor):
    text = AGREEMENT.replace('"INR"', '"JPY"').replace('"0.05"', '"5"')
    return text.replace('"2500.00"', f'"{rate}"').replace('"250.00"', f'"{floor}"')


def test_an_amount_with_too_many_decimals_is_told_how_many_there_are_and_nothing_else(tmp_path):
    assert read(tmp_path, in_yen("2500", "250")).bounty.per_accepted_hour == Money("JPY", 2500)
    with pytest.raises(FaultyFileError) as caught:
        read(tmp_path, in_yen("2500.00", "250"))
    assert len(caught.value.faults) == 1
    assert '"2500.00"; an amount in JPY, which has no decimals, such as "2500", in quotes' in str(caught.value)


def test_an_unknown_currency_is_one_fault_at_its_line(tmp_path):
    with pytest.raises(FaultyFileError) as caught:
        read(tmp_path, AGREEMENT.replace('"INR"', '"QQQ"'))
    assert [fault.sentence.split(";")[0] for fault in caught.value.faults] == ['"currency" is "QQQ"']


def test_an_empty_amount_is_a_fault_and_not_nothing(tmp_path):
    assert len(lines_of_faults(tmp_path, AGREEMENT.replace('"250.00"', '""'))) == 1


def faults_of(tmp_path, line, instead):
    assert line in AGREEMENT
    with pytest.raises(FaultyFileError) as caught:
        read(tmp_path, AGREEMENT.replace(line, instead))
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("purpose", ["rank-workers", "infer-emotion", "identify-person", "Train-Robot-Skill", ""])
def test_r2_a_purpose_outside_the_list_cannot_be_written(tmp_path, purpose):
    faults = faults_of(tmp_path, '"research"]', f'"{purpose}"]')
    assert len(faults) == 1
    assert "purposes" in faults[0]


@pytest.mark.parametrize("size", [0, 1, 4])
def test_r10_no_agreement_shows_the_plant_a_figure_from_fewer_than_five(tmp_path, size):
    faults = faults_of(tmp_path, "group_size_min = 5", f"group_size_min = {size}")
    assert len(faults) == 1
    assert "group_size_min" in faults[0]


def test_r12_footage_that_is_to_be_sold_cannot_be_agreed_on(tmp_path):
    faults = faults_of(tmp_path, 'footage = "worker"', 'footage = "plant"')
    assert len(faults) == 1
    assert "footage" in faults[0]
