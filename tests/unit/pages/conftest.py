"""What every page is checked for: that it is whole, needs nothing from outside, and runs no script."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from tacit.pages.keyframe import KeyFrame

VOID = {"meta", "link", "img", "input", "br", "hr"}


class Page(HTMLParser):
    """A page taken apart: its tags with attributes, its text, its style, and what was left open."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text, self.style, self.open = [], "", "", []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self.text += " "

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.text += data

    def of(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture
def read_page():
    """Take a page apart, having checked that it is well formed and refers to nothing outside itself."""

    def read(html):
        page = Page(html)
        assert page.open == []
        assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "iframe", "object", "embed", "form"})
        for tag, attrs in page.tags:
            assert not any(name.startswith("on") for name in attrs), tag
            for name in attrs.keys() & {"src", "href", "action", "poster", "srcset", "xlink:href"}:
                pattern = r"#[\w-]+|[^:/\\][^:\\]*" if tag == "a" else r"data:image/jpeg;base64,[\w+/=]+"
                assert re.fullmatch(pattern, attrs[name]), tag
            assert "url(" not in (attrs.get("style") or ""), tag
        assert "url(" not in page.style
        assert "@import" not in page.style
        assert {"charset": "utf-8"} in page.of("meta")
        return page

    return read


@pytest.fixture
def key_frame():
    """A key frame with a left hand on it; the right hand was not seen."""
    px = np.full((2, 21, 2), np.nan, np.float32)
    px[0] = np.stack([np.arange(21) * 4.0, np.arange(21) * 3.0], axis=1)
    return KeyFrame(at_s=1.25, jpeg=b"\xff\xd8picture\xff\xd9", width=160, height=120, px=px)
