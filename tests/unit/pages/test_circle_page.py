import math
from dataclasses import replace

import pytest

from tacit.pages.circle_page import CircleStep, CircleView, Link, render_circle
from tacit.records.errors import OutsideLinkError

NAMES = ("YES", "FILM", "SKILL", "LICENCE", "PAY", "WAY OUT")


@pytest.fixture
def view(key_frame):
    steps = tuple(
        CircleStep(
            name=name,
            key_figure=f"figure {number}",
            title=f"What happened at {name}",
            story="It happened.",
            figures=(("how many", str(number)),),
            picture=key_frame if name == "FILM" else None,
            links=(Link("Open it", f"{number}/page one.html"),),
        )
        for number, name in enumerate(NAMES)
    )
    return CircleView("One turn", "All of this happened.", steps, (Link("Dataset", "dataset"),))


def test_the_page_stands_alone_and_tells_every_step(view, read_page):
    page = read_page(render_circle(view))
    for number, name in enumerate(NAMES):
        assert f"What happened at {name}" in page.text
        assert f"figure {number}" in page.text
    assert [attrs["id"] for attrs in page.of("section") if "id" in attrs] == [f"step-{n}" for n in range(1, 7)]
    assert len(page.of("image")) == 1


def test_links_are_relative_and_fit_for_an_address(view, read_page):
    hrefs = [attrs["href"] for attrs in read_page(render_circle(view)).of("a")]
    assert "0/page%20one.html" in hrefs
    assert "dataset" in hrefs
    assert "#step-6" in hrefs


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "http://x.example", "javascript:x()", "//x.example", "../outside", "a/../../b", "C:\\x", "\\x"],
)
def test_a_link_that_leads_out_of_the_folder_is_refused(view, path):
    with pytest.raises(OutsideLinkError):
        render_circle(replace(view, made=(Link("out", path),)))
    with pytest.raises(OutsideLinkError):
        render_circle(replace(view, steps=(replace(view.steps[0], links=(Link("out", path),)),)))


def test_the_steps_stand_on_a_ring_clockwise_from_the_top(view, read_page):
    cards = [attrs for attrs in read_page(render_circle(view)).of("rect") if attrs.get("class") == "node"]
    middles = [
        (float(card["x"]) + float(card["width"]) / 2, float(card["y"]) + float(card["height"]) / 2) for card in cards
    ]
    assert middles[0] == pytest.approx((0, -170))
    turns = [math.degrees(math.atan2(x, -y)) % 360 for x, y in middles]
    assert turns == pytest.approx([0, 60, 120, 180, 240, 300], abs=0.1)


def test_what_people_typed_cannot_become_part_of_the_page(view, read_page):
    page = read_page(render_circle(replace(view, title="<script>x</script>")))
    assert "<script>x</script>" in page.text
