"""Pages in their places: ours are replaced, nothing else is, and nothing halfway stays."""

import os

import pytest

from tacit.pages.page_file import MARK, require_page_place, write_page
from tacit.pages.templating import render_template
from tacit.records.errors import ForeignPageError, NoPageFolderError

PAGE = f"<!DOCTYPE html><html><head>{MARK.decode()}</head><body>one</body></html>"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_page_is_written_and_written_again(tmp_path):
    path = tmp_path / "page.html"
    write_page(path, PAGE)
    write_page(path, PAGE.replace("one", "नमस्ते"))
    assert "नमस्ते" in path.read_text(encoding="utf-8")
    assert names(tmp_path) == ["page.html"]


def test_every_page_of_ours_carries_the_mark_near_its_beginning(tmp_path):
    path = tmp_path / "page.html"
    write_page(path, render_template("page.html"))
    write_page(path, render_template("page.html"))


@pytest.mark.parametrize(
    "content", [b"", b"SQLite format 3\0", b'id = "pilot"\n', b"<!DOCTYPE html><title>mine</title>", b" " * 600 + MARK]
)
def test_anything_else_is_left_as_it_is(tmp_path, content):
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(content)
    with pytest.raises(ForeignPageError, match="it is no page of tacit"):
        require_page_place(path)
    with pytest.raises(ForeignPageError):
        write_page(path, PAGE)
    assert path.read_bytes() == content
    assert names(tmp_path) == ["catalogue.sqlite"]


def test_folders_and_devices_are_no_places_for_pages(tmp_path):
    with pytest.raises(ForeignPageError, match="it is a folder"):
        write_page(tmp_path, PAGE)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ForeignPageError):
        write_page(tmp_path / "pipe", PAGE)


def test_missing_folder_is_told(tmp_path):
    with pytest.raises(NoPageFolderError, match=r"There is no folder .*nowhere to write the page into"):
        write_page(tmp_path / "nowhere" / "page.html", PAGE)
    assert names(tmp_path) == []


def test_link_to_a_page_stays_a_link(tmp_path):
    write_page(tmp_path / "page.html", PAGE)
    (tmp_path / "link.html").symlink_to("page.html")
    write_page(tmp_path / "link.html", PAGE.replace("one", "two"))
    assert (tmp_path / "link.html").is_symlink()
    assert "two" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_page_that_cannot_be_written_whole_leaves_the_older_one(tmp_path):
    path = tmp_path / "page.html"
    write_page(path, PAGE)
    with pytest.raises(UnicodeEncodeError):
        write_page(path, PAGE + "\udcff")
    assert path.read_text(encoding="utf-8") == PAGE
    assert names(tmp_path) == ["page.html"]
