"""What the demo shows of a statement, which is more than of other answers."""

import json

from tacit.cli.demo import _license_and_pay, _Stage

STATEMENT = [f"line {n}" for n in range(20)] + ["= owed 1.00 INR"]


class AnsweredStage(_Stage):
    """A stage whose commands have answered already."""

    def _call(self, arguments, _pin=""):
        if "--json" in arguments:
            return json.dumps({"licenses": [{"licence": "lic-1"}], "owed": [{"text": "1.00 INR"}]})
        return "\n".join(STATEMENT)


def test_statements_are_shown_whole_because_the_total_comes_last(tmp_path, capsys):
    stage = AnsweredStage(tmp_path, {"asha": "rec-1"}, {"licensed_until": "2027-01-01"})
    _license_and_pay(stage)
    shown = capsys.readouterr().out.split("$ tacit statement asha --shop shop\n")[1].split("$ tacit")[0]
    assert [line.strip() for line in shown.splitlines() if line.strip()] == STATEMENT


def test_longer_answers_say_how_many_lines_are_left_out(tmp_path, capsys):
    AnsweredStage(tmp_path).run("settle", lines_max=12)
    assert "… and 9 more lines" in capsys.readouterr().out
