"""`tacit init`: what it says of the keys is where they are."""

import pytest


def test_master_key_is_said_to_be_where_it_was_put(bare_desk):
    own = bare_desk.home / "own" / "master.key"
    said = bare_desk.tacit("init", "shop", TACIT_KEY_FILE=str(own)).out
    assert own.read_text(encoding="ascii").startswith("tacit-key-1:")
    assert f"master key is {own}," in said
    keys = bare_desk.home / "config" / "tacit"
    assert f"the workers' keys are in {keys}" in said
    said = bare_desk.tacit("init", "other").out
    kept = said.partition("keys are in ")[2].partition(":")[0]
    assert f"master key and the workers' keys are in {keys}/shop-" in said
    assert (keys / kept / "master.key").is_file()


@pytest.mark.parametrize("name", ["shop?x", "100%25"])
def test_shop_of_any_name_opens_and_nothing_lies_beside_it(bare_desk, name):
    bare_desk.tacit("init", name)
    assert bare_desk.tacit("recordings", "--json", "--shop", name).answer == {"recordings": []}
    assert sorted(path.name for path in bare_desk.home.iterdir()) == sorted(["config", "footage", name])


def test_key_in_the_environment_is_none_of_a_shop_with_a_key_file(bare_desk):
    other = {"TACIT_MASTER_KEY": "tacit-key-1:" + "A" * 43 + "="}
    bare_desk.tacit("init", "shop", **other)
    for variables in (other, {}):
        assert bare_desk.tacit("recordings", "--json", "--shop", "shop", **variables).answer == {"recordings": []}
