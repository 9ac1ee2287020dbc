"""What a footage folder may name: files beside its footage.toml, and nothing of anybody else."""

import pytest

from tacit.flows.footage_folder import read_footage_folder
from tacit.records.errors import FaultyFileError

from .conftest import AGREEMENT

SECRET = "root:x:0:0:not for you"
REST = """
[[worker]]
id = "asha"
name = "Asha R."
language = "hi"
consent = ["train-robot-skill"]
consented_at = 2026-03-02T13:30:00+05:30

[[recording]]
file = "{file}"
worker = "asha"
task = "move the block"
station = "bench-1"
started_at = 2026-03-02T15:00:00+05:30
released = true
"""


@pytest.fixture
def folder(tmp_path):
    """A footage folder with a clip, a link to a clip elsewhere, and a secret beside it that links in it lead to."""
    inside, outside = tmp_path / "footage", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (inside / "agreement.toml").write_text(AGREEMENT, encoding="utf-8")
    (inside / "clip.mp4").touch()
    (outside / "clip.mp4").touch()
    (inside / "linked.mp4").symlink_to(outside / "clip.mp4")
    (outside / "secret").write_text(SECRET, encoding="utf-8")
    (inside / "innocent.toml").symlink_to(outside / "secret")
    (inside / "more").symlink_to(outside)
    (inside / "same.toml").symlink_to("agreement.toml")
    return inside


def read(folder, agreement="agreement.toml", file="clip.mp4"):
    (folder / "footage.toml").write_text(f'agreement = "{agreement}"\n{REST.format(file=file)}', encoding="utf-8")
    return read_footage_folder(folder)


def test_readable_part_is_off_unless_declared(folder):
    assert not read(folder).recordings[0].readable_part
    text = REST.format(file="clip.mp4").replace("released = true", "released = true\nreadable_part = true")
    (folder / "footage.toml").write_text(f'agreement = "agreement.toml"\n{text}', encoding="utf-8")
    assert read_footage_folder(folder).recordings[0].readable_part


def fault(folder, **named):
    with pytest.raises(FaultyFileError) as caught:
        read(folder, **named)
    (only,) = caught.value.faults
    assert SECRET not in str(caught.value)
    return only.line, only.sentence


@pytest.mark.parametrize("agreement", ["{outside}/secret", "../outside/secret", "innocent.toml", "more/secret"])
def test_agreement_outside_the_folder_is_neither_read_nor_quoted(folder, agreement):
    line, sentence = fault(folder, agreement=agreement.format(outside=folder.parent / "outside"))
    assert (line, "lies outside the folder" in sentence) == (1, True)


def test_links_that_stay_inside_are_followed(folder, tmp_path):
    assert read(folder, agreement="same.toml").agreement_source == AGREEMENT
    (tmp_path / "shortcut").symlink_to(folder)
    assert read(tmp_path / "shortcut").agreement_source == AGREEMENT


def test_video_may_be_a_link_but_not_a_path_out_of_the_folder(folder):
    assert read(folder, file="linked.mp4").recordings[0].path == folder / "linked.mp4"
    assert "lies outside the folder" in fault(folder, file="../outside/clip.mp4")[1]


@pytest.mark.parametrize("name", ["x\\u0000y", "n" * 5000], ids=["NUL", "long"])
def test_name_that_no_file_can_have_is_a_fault_at_its_line(folder, name):
    assert fault(folder, agreement=name)[0] == 1
    assert fault(folder, file=name)[0] == 11
