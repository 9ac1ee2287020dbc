import json
import socket
from dataclasses import replace
from pathlib import Path

import mlcroissant as mlc
import pytest
import yaml
from markdown_it import MarkdownIt

from tacit.datasets.cards import CardInput, DatasetSummary, readme_card
from tacit.datasets.features import FEATURES

from .conftest import SPEC

# mlcroissant uses old names of the libraries below it; they complain about it and not about us.
old_names_allowed = pytest.mark.filterwarnings(
    "ignore:ConjunctiveGraph is deprecated:DeprecationWarning", "ignore:The inplace keyword"
)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a network connection was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@old_names_allowed
@pytest.mark.usefixtures("no_network")
def test_croissant_is_valid(dataset: Path) -> None:
    card = mlc.Dataset(jsonld=dataset / "croissant.json")
    issues = card.metadata.ctx.issues
    assert issues.errors == set()
    assert issues.warnings == set()


@old_names_allowed
@pytest.mark.usefixtures("no_network")
def test_croissant_leads_to_the_rows(dataset: Path) -> None:
    card = mlc.Dataset(jsonld=dataset / "croissant.json")
    rows = list(card.records("episodes"))
    assert [row["episodes/length"] for row in rows] == [45, 50, 40]
    assert rows[0]["episodes/agreement"] == b"pilot-1"


def test_croissant_describes_every_feature(dataset: Path) -> None:
    content = json.loads((dataset / "croissant.json").read_text())
    fields = {f["name"]: f.get("arrayShape") for f in content["recordSet"][0]["field"]}
    assert {feature.name: str(feature.width) for feature in FEATURES}.items() <= fields.items()


def test_front_matter_is_what_hubs_read(dataset: Path) -> None:
    _, front, body = (dataset / "README.md").read_text().split("---\n", 2)
    card = yaml.safe_load(front)
    assert card["license"] == "other"
    assert card["task_categories"] == ["robotics"]
    assert "LeRobot" in card["tags"]
    assert sorted(dataset.glob(card["configs"][0]["data_files"])) == sorted(dataset.glob("data/**/*.parquet"))
    for said in ("camera frame", "sigma", "repeat", "consent", "not sold", "train-robot-skill", "| workers | 2 |"):
        assert said in body


def test_cards_do_not_name_workers_recordings_or_places(dataset: Path) -> None:
    for name in ("README.md", "croissant.json"):
        text = (dataset / name).read_text()
        assert str(dataset) not in text
        assert "0000000000000001" not in text


@pytest.mark.parametrize(
    "task",
    [
        "<script>alert(1)</script>",
        "# a heading",
        "- a list in a list",
        "1. a list in a list",
        "[a link](https://example.com) ![a picture](x)",
        "*loud* __loud__ `code` ~~gone~~ | a cell | &amp; \\<b>",
    ],
)
def test_words_of_others_are_shown_as_they_are(card: CardInput, task: str) -> None:
    summary = DatasetSummary(SPEC)
    summary.add(30, task, "0" * 16)
    text = readme_card(replace(card, owner=task), summary, "ab")
    assert "<script>" not in text
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = reader.parse(text.split("---\n", 2)[2])
    paragraphs = [token.children for token in tokens if token.type == "inline" and token.level in (1, 3)]
    assert {child.type for children in paragraphs for child in children or ()} <= {"text", "softbreak", "code_inline"}
    shown = ["".join(child.content for child in children or ()) for children in paragraphs]
    assert f"{task}: 1" in shown
    assert any(f"under a licence from {task}, for the purpose train-robot-skill" in one for one in shown)
    assert not [token for token in tokens if token.type in ("html_block", "ordered_list_open")]
    assert max(token.level for token in tokens if token.type == "bullet_list_open") == 0
