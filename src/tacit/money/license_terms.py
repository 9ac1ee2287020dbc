"""Whether a licence may be granted as asked: inside its agreement and true to its dataset (rule R8)."""

from collections.abc import Sequence, Set
from datetime import date

from tacit.records.agreement import Agreement
from tacit.records.dataset import DatasetVersion
from tacit.records.errors import LicenseTermsError
from tacit.records.license import Terms
from tacit.records.money import Money
from tacit.records.places import covers
from tacit.records.purposes import Purpose
from tacit.words.figures import write_list


def check_license_terms(agreement: Agreement, dataset: DatasetVersion, terms: Terms, today: date) -> None:
    """Check the terms of a licence before it is granted, and list everything that is wrong with them.

    Args:
        agreement: What the dataset was made under.
        dataset: What is to be licensed.
        terms: The purpose that the dataset was built for, and more where the agreement names them; what in the dataset
            was not meant for all of them stays out of the release. At least one place, each inside the agreement's; a
            last day that is not past, and not after the agreement's own; a price of more than zero in the agreement's
            currency.
        today: The day of granting; within the agreement's own time.

    Raises:
        LicenseTermsError: One sentence for each term that does not hold.
    """
    faults = [
        *_find_purpose_faults(agreement, dataset, terms.purposes),
        *_find_territory_faults(agreement, terms.territory),
        *_find_time_faults(agreement, terms.valid_until, today),
        *_find_price_faults(agreement, terms.price),
    ]
    if dataset.agreement_id != agreement.agreement_id:
        faults.append(f"The dataset was made under {dataset.agreement_id}, not under {agreement.agreement_id}.")
    if faults:
        raise LicenseTermsError(faults)


def _find_purpose_faults(agreement: Agreement, dataset: DatasetVersion, purposes: Set[Purpose]) -> list[str]:
    """Tell which purposes go beyond the agreement or the dataset."""
    faults = [
        f"The agreement does not allow the purpose {purpose}; it allows {write_list(sorted(agreement.purposes))}."
        for purpose in sorted(purposes - agreement.purposes)
    ]
    if dataset.purpose not in purposes:
        asked = write_list(sorted(purposes)) or "none"
        faults.append(f"The dataset was built for {dataset.purpose}, which is not among what is asked for: {asked}.")
    return faults


def _find_territory_faults(agreement: Agreement, territory: Sequence[str]) -> list[str]:
    """Tell which places the agreement does not allow."""
    if not territory:
        return [f"No territory is named; name at least one of {write_list(agreement.territory)}."]
    return [
        f"The agreement does not allow use in {place}; it allows {write_list(agreement.territory)}."
        for place in territory
        if not covers(agreement.territory, place)
    ]


def _find_time_faults(agreement: Agreement, until: date, today: date) -> list[str]:
    """Tell where a licence would lie outside its time."""
    faults = []
    if not agreement.valid_from <= today <= agreement.valid_to:
        faults.append(f"The agreement runs from {agreement.valid_from} to {agreement.valid_to}; today is {today}.")
    if until < today:
        faults.append(f"The last day {until} is past; today is {today}.")
    if until > agreement.valid_to:
        faults.append(f"The last day {until} is after the agreement's own last day {agreement.valid_to}.")
    return faults


def _find_price_faults(agreement: Agreement, price: Money) -> list[str]:
    """Tell where a price cannot be booked under the agreement."""
    faults = []
    currency = agreement.bounty.per_accepted_hour.currency
    if price.currency != currency:
        faults.append(f"The price {price} is not in {currency}, the currency of the agreement.")
    if price.amount_minor <= 0:
        faults.append(f"The price {price} is not more than zero.")
    return faults
