"""What the shop signed is held against its signature before anybody is paid by it (M3, M6, R8)."""

import pytest
from sqlalchemy import text

from tacit.flows.make_statement import make_statement
from tacit.flows.record_payment import record_payment
from tacit.flows.settle import settle
from tacit.records.errors import AlteredRecordError
from tacit.records.money import Money

PRICE = Money("INR", 1_000_000)


@pytest.fixture
def licensed(bench):
    """Two workers whose dataset a lab took a licence of, and the id of that licence."""
    bench.fill("asha", "meena", pin="4711")
    return bench, bench.license().license.license_id


def alter(bench, statement):
    """Change the database behind the shop's back."""
    with bench.catalogue._database.writing() as connection:
        assert connection.execute(text(statement)).rowcount


CHANGES = {
    "more parts": ("UPDATE dataset_shares SET parts = 9000 WHERE line = 0", "share table of the dataset ds-"),
    "another worker": ("UPDATE dataset_shares SET account = 'worker:w-x' WHERE line = 0", "share table"),
    "more accepted time": ("UPDATE dataset_episodes SET accepted_ms = 9 WHERE episode_index = 0", "list of episodes"),
    "higher price": ("UPDATE licenses SET body = replace(body, '1000000', '1000001')", "licence lic-"),
    "another licensee": ("UPDATE licenses SET body = replace(body, 'Hand Lab', 'Lend Lab')", "licence lic-"),
}


@pytest.mark.parametrize(("change", "named"), CHANGES.values(), ids=CHANGES)
def test_what_was_changed_after_it_was_signed_pays_nobody(licensed, change, named):
    bench, license_id = licensed
    record_payment(bench.shop, license_id, Money("INR", 400_000), "bank-1")
    alter(bench, change)
    for deed in (
        lambda: record_payment(bench.shop, license_id, Money("INR", 400_000), "bank-2"),
        lambda: settle(bench.shop),
        lambda: make_statement(bench.shop, bench.uid("asha")),
    ):
        with pytest.raises(AlteredRecordError, match=f"The {named}.* was changed after it was signed") as caught:
            deed()
        assert caught.value.exit_code == 4
    assert len(bench.catalogue.transactions()) == 1


def test_what_was_signed_still_fits_after_a_worker_was_erased(licensed):
    bench, license_id = licensed
    record_payment(bench.shop, license_id, PRICE, "bank-1")
    account = f"worker:{bench.uid('asha')}"
    bench.catalogue.erase_worker(bench.uid("asha"), bench.clock.now())
    settled = [one for one in settle(bench.shop) if one.kind == "settlement"]
    assert account in {posting.account for posting in settled[0].postings}
