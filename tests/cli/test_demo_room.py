"""Where the demo happens: a folder of its own, whatever else is there and whatever the user has set."""

import pytest

from tacit.cli import demo
from tacit.records.errors import ForeignDemoFolderError

SETTINGS = {"TACIT_MASTER_KEY": "of another tool", "TACIT_KEY_FILE": "{home}/own.key", "TACIT_PASSPHRASE": "of mine"}


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def made(tmp_path):
    """What an earlier demo left, with what a killed command leaves beside its target."""
    folder = demo._make_room(tmp_path / "demo")
    killed = (".dataset.tacit-old-0a1b2c3d", ".release.tacit-new-0a1b2c3d", ".shop.tacit-init-0a1b2c3d")
    for name in ("shop", "keys", "dataset", "release", *killed):
        (folder / name).mkdir()
    for name in ("agreement.toml", "index.html", "film/asha.mp4"):
        (folder / name).touch()
    return folder


def test_earlier_demo_is_replaced_whole(made):
    demo._make_room(made)
    assert names(made) == [".tacit-demo", "film", "pages"]
    assert names(made / "film") == []


@pytest.mark.parametrize("name", ["thesis.txt", "shop2", ".git", ".dataset.tacit-old-mine"])
def test_file_of_the_user_in_an_earlier_demo_is_left_as_it_is_with_the_demo(made, name):
    (made / name).write_text("years of work", encoding="utf-8")
    before = names(made)
    with pytest.raises(ForeignDemoFolderError, match=name):
        demo._make_room(made)
    assert names(made) == before


def test_folder_that_is_no_demo_is_left_as_it_is(tmp_path):
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(ForeignDemoFolderError, match=r"not \.tacit-demo"):
        demo._make_room(tmp_path)
    assert names(tmp_path) == ["thesis.txt"]


def test_every_command_of_the_demo_takes_no_notice_of_the_users_own_keys(tmp_path, monkeypatch, capsys):
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value.format(home=tmp_path))
    stage = demo._Stage(demo._make_room(tmp_path / "demo"))
    stage.run("init", "shop", "--canvas", "64x64")
    assert stage.ask("recordings", "--shop", "shop") == {"recordings": []}
    assert not set(SETTINGS) & set(stage.variables)
    assert names(tmp_path) == ["demo"]
    assert "tacit init shop" in capsys.readouterr().out
