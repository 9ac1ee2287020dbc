"""A lineage as a picture: whole, legible, nothing over anything else, and small however long the lineage is."""

import re
from xml.etree import ElementTree

import pytest

from tacit.pages.lineage_svg import MARK, render_lineage
from tacit.records.lineage import Lineage, Node, NodeKind

SVG = "{http://www.w3.org/2000/svg}"


def chain(n_workers, n_each, name="worker"):
    """A dataset of recordings of workers, each under a consent to one agreement."""
    nodes, edges = [Node("a@1", NodeKind.AGREEMENT, "a v1")], [("ds@1", "a@1")]
    for index in range(n_workers):
        worker, consent = f"w-{index}", f"con-{index}"
        nodes += [Node(worker, NodeKind.WORKER, f"{name}{index}"), Node(consent, NodeKind.CONSENT, consent, "signed")]
        edges += [(consent, worker), (consent, "a@1")]
        for place in range(n_each):
            recording = f"rec-{index}-{place}"
            nodes.append(Node(recording, NodeKind.RECORDING, recording, "a task of some length, 2026-03-02"))
            edges += [(recording, consent), (recording, worker), ("ds@1", recording)]
    nodes.append(Node("ds@1", NodeKind.DATASET, "ds v1", "train-robot-skill"))
    order = list(NodeKind)
    nodes.sort(key=lambda node: order.index(node.kind))
    return Lineage(nodes[-1], tuple(nodes), tuple(edges))


def drawn(lineage):
    text = render_lineage(lineage)
    assert MARK.decode() in text[:512]
    return ElementTree.fromstring(text)  # noqa: S314 - our own picture


def boxes(root):
    found = []
    for group in root.iter(f"{SVG}g"):
        rect = group.find(f"{SVG}rect")
        found.append([float(rect.get(key)) for key in ("x", "y", "width", "height")])
    return found


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (14, 1), (15, 1), (60, 5)])
def test_boxes_lie_in_the_picture_and_not_on_one_another(size):
    root = drawn(chain(*size))
    width, height = (float(root.get(key)) for key in ("width", "height"))
    found = boxes(root)
    for x, y, wide, high in found:
        assert min(x, y) > 0
        assert x + wide < width
        assert y + high < height
    for index, (x, y, wide, high) in enumerate(found):
        for x2, y2, *_ in found[index + 1 :]:
            assert abs(x - x2) >= wide or abs(y - y2) >= high


def test_long_lineage_is_folded_with_its_number():
    root = drawn(chain(60, 5))
    assert len(boxes(root)) < 60
    words = [text.text for text in root.iter(f"{SVG}text")]
    assert "and 47 more" in words  # of 60 workers 13 stand alone
    assert "and 287 more" in words


def test_what_others_say_already_is_no_line_of_its_own():
    root = drawn(chain(1, 1))
    assert len(list(root.iter(f"{SVG}path"))) == 4  # agreement, worker - consent - recording - dataset


def test_names_that_look_like_markup_or_hold_controls_stay_words():
    root = drawn(chain(1, 1, "<script>&\x1b[31m\u202e"))
    texts = " ".join(text.text for text in root.iter(f"{SVG}text"))
    assert "<script>&" in texts
    assert not re.search(r"[\x00-\x08\x1b\u202e]", texts)


def test_words_fit_into_their_boxes():
    root = drawn(chain(3, 3, "a.very.long.label.that.goes.on.and.on."))
    for group in root.iter(f"{SVG}g"):
        assert all(len(text.text) <= 33 for text in group.iter(f"{SVG}text"))
