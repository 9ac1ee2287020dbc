"""The verifier stands alone: whoever checks us should be able to read all of it, and run it without us."""

import ast
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "tacit_verify"


def test_it_imports_the_standard_library_and_cryptography_alone():
    names = set()
    for path in SOURCE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add((node.module or "").split(".")[0])
    assert names - set(sys.stdlib_module_names) <= {"cryptography", "tacit_verify"}


def test_it_loads_nothing_of_tacit():
    script = "import sys, tacit_verify; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not [name for name in done.stdout.split() if name == "tacit" or name.startswith("tacit.")]


def test_it_stays_small_enough_to_read():
    assert sum(path.read_text(encoding="utf-8").count("\n") for path in SOURCE.glob("*.py")) < 350
