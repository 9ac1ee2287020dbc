"""Acting as somebody at the command line: the option, the variable, and what is refused with its rule."""

import pytest

from .conftest import AGREEMENT


@pytest.fixture
def shop(bare_desk):
    """A user with a shop, an agreement and two workers in it."""
    (bare_desk.folder / "agreement.toml").write_text(AGREEMENT, encoding="utf-8")
    bare_desk.tacit("init", bare_desk.shop, "--canvas", "320x240")
    bare_desk.tacit("agreement", "add", bare_desk.folder / "agreement.toml", "--shop", bare_desk.shop)
    for label in ("asha", "meena"):
        bare_desk.tacit("worker", "add", label, "--name", label, "--language", "en", "--shop", bare_desk.shop)
    return bare_desk


def ask(shop, *words, code=0, **variables):
    return shop.tacit(*words, "--shop", shop.shop, code=code, **variables)


def test_r7_engineer_lists_datasets_and_is_refused_the_workers(shop):
    assert ask(shop, "dataset", "list", "--as", "engineer", "--json").answer == {"datasets": []}
    assert ask(shop, "recordings", "--as", "engineer", "--json").answer == {"recordings": []}
    for variables, more in (({}, ("--as", "engineer")), ({"TACIT_ROLE": "engineer"}, ())):
        refused = ask(shop, "worker", "list", *more, code=3, **variables)
        assert "Refused by R7" in refused.err
        assert "asha" not in refused.out + refused.err


def test_option_counts_more_than_the_environment(shop):
    assert "asha" in ask(shop, "worker", "list", "--as", "curator", TACIT_ROLE="engineer").out


def test_r12_worker_reads_own_things_and_no_others(shop):
    assert ask(shop, "consent", "show", "asha", "--as", "worker:asha").code == 0
    assert "Refused by R12" in ask(shop, "consent", "show", "meena", "--as", "worker:asha", code=3).err
    assert ask(shop, "log", "show", "--subject", "asha", "--as", "worker:asha").code == 0
    assert "Refused by R12" in ask(shop, "log", "show", "--subject", "meena", "--as", "worker:asha", code=3).err


def test_role_that_is_none_is_a_fault_of_the_input(shop):
    assert "one of worker, steward" in ask(shop, "worker", "list", "--as", "boss", code=2).err
    assert "worker:ID" in ask(shop, "worker", "list", TACIT_ROLE="worker", code=2).err


def test_r7_run_is_not_for_the_plant(shop):
    shop.declare()
    assert "Refused by R7" in shop.tacit("run", shop.folder, "--out", shop.out, "--as", "engineer", code=3).err


def test_r6_own_file_and_picture_of_a_lineage_go_where_the_user_says(shop):
    ask(shop, "consent", "give", "asha", "--agreement", "gear-line-2026", "--purpose", "research")
    own = shop.home / "own"
    assert ask(shop, "worker", "export", "asha", "--out", own, "--as", "worker:asha", "--json").answer["files"] > 10
    assert (own / "README.txt").exists()
    assert "lies" in ask(shop, "worker", "export", "asha", "--out", own, code=2).err
    assert "D5" in ask(shop, "worker", "export", "asha", "--out", shop.shop / "own", code=2).err
    picture = shop.home / "lineage.svg"
    shown = ask(shop, "lineage", "asha", "--svg", picture, "--json").answer
    assert [node["kind"] for node in shown["carries"]] == ["consent"]
    assert picture.read_text(encoding="utf-8").startswith("<svg")
    assert "There is no thing" in ask(shop, "lineage", "nothing", code=2).err
