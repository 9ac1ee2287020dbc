# Two commands do everything on a fresh machine with git, make and Python 3.11 or later: make demo, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test check docs bench interop clean

setup: $(VENV)/ready

$(VENV)/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than 3.11. Name a newer one: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	$(BIN)/tacit models fetch
	touch $@

demo: setup
	$(BIN)/tacit demo --out demo

test: setup
	$(BIN)/python -m pytest -n 2

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Writes docs/cli.md from what `tacit --help` says.
docs: setup
	$(BIN)/python docs/make_cli.py

# Opt-in, several GB: reads every frame with the real LeRobot loader. `make interop DATASET=folder`
INTEROP := .venv-interop

$(INTEROP)/ready:
	$(PYTHON) -m venv $(INTEROP)
	$(INTEROP)/bin/python -m pip install --quiet lerobot==0.4.4
	touch $@

interop: $(INTEROP)/ready
	@test -n "$(DATASET)" || { echo "Name a dataset: make interop DATASET=folder"; exit 2; }
	PYTHONPATH=src HF_HUB_OFFLINE=1 $(INTEROP)/bin/python -W ignore tests/interop/read_with_lerobot.py "$(DATASET)"

# Figures. Takes minutes; name a folder of clips to measure on them: make bench FOOTAGE=folder
bench: setup
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.synthetic
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.kills 50
	@test -z "$(FOOTAGE)" || $(BIN)/python -m benchmarks.clips "$(FOOTAGE)"

clean:
	rm -rf $(VENV) demo
