"""The house itself: what must hold of the code as text."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tacit"
HEAVY = {"openvino", "cv2", "av", "pyarrow", "sqlalchemy", "alembic", "jinja2", "obstore", "numpy", "cryptography"}
FILES = sorted(SOURCE.rglob("*.py"))


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_by(code):
    script = f"import sys\n{code}\nprint(*sorted(sys.modules), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stdout.split()}


def test_import_tacit_loads_nothing_heavy():
    assert not imported_by("import tacit") & HEAVY


def test_the_command_line_loads_nothing_heavy_before_a_command_runs():
    assert not imported_by("import tacit.cli.app") & HEAVY


def test_only_the_kernel_makes_permits():
    makers = {
        path.relative_to(SOURCE).as_posix()
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Permit"
    }
    assert makers == {"rights/decide.py"}


def test_only_the_anonymiser_and_the_clean_reader_make_clean_frames():
    makers = {
        path.relative_to(SOURCE).as_posix()
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "CleanFrame"
    }
    assert makers == {"footage/anonymise.py", "footage/clean.py"}


def test_only_wiring_and_the_doors_read_the_environment():
    readers = {path.relative_to(SOURCE).parts[0] for path in FILES if "os.environ" in path.read_text(encoding="utf-8")}
    assert readers <= {"wiring.py", "cli"}


@pytest.mark.parametrize("room", ["money", "records/money.py", "records/ledger.py", "records/statement.py"])
def test_there_is_no_float_near_money(room):
    place = SOURCE / room
    for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
        for node in ast.walk(tree(path)):
            where = f"{path}:{getattr(node, 'lineno', 0)}"
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), where
            assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)), where
            assert not (isinstance(node, ast.Name) and node.id in ("float", "round")), where


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_files_stay_small_and_say_what_they_are_for(path):
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "a module says what it is for"
    assert path.name == "errors.py" or text.count("\n") <= 420, "split it"
    assert not {"utils", "helpers", "common", "manager", "base"} & set(path.stem.split("_"))


def test_rooms_load_nothing_by_themselves():
    for path in FILES:
        if path.name == "__init__.py" and path.parent != SOURCE:
            body = tree(path).body
            assert len(body) == 1, f"{path} holds more than its docstring"


RULES = [*(f"r{number}" for number in range(1, 13)), "d5"]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_test_that_bears_its_number(rule):
    names = [
        name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text())
    ]
    assert [name for name in names if f"_{rule}_" in name]
