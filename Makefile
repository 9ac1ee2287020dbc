# Two commands do everything on a fresh machine with git, make and Python 3.11 or later: make demo, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test check docs bench peers interop fuzz soak clean

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

# Random histories of a shop, withdrawals in races and killed processes, for hours.
soak: setup
	TACIT_TEST_STEPS=1000000 TACIT_TEST_ORDERS=10000 TACIT_TEST_KILLS=2000 $(BIN)/python -m pytest -n 2 \
	  tests/flows/test_histories.py tests/flows/test_races.py tests/flows/test_killed_processes.py

# Writes docs/cli.md from what `tacit --help` says.
docs: setup
	$(BIN)/python docs/make_cli.py

# Opt-in, about 10 GB: tools that others made, each in an environment of its own, to compare with and to read our
# datasets. MediaPipe has wheels for Python 3.11 and 3.12 only. OpenCV without a window: theirs wants libGL.
PEERS := .venv-peers

peers: $(PEERS)/mediapipe/ready $(PEERS)/deface/ready $(PEERS)/lerobot/ready

$(PEERS)/mediapipe/ready:
	$(PYTHON) -m venv $(PEERS)/mediapipe
	$(PEERS)/mediapipe/bin/python -m pip install --quiet mediapipe==0.10.21 'numpy<2'
	$(PEERS)/mediapipe/bin/python -m pip install --quiet --force-reinstall --no-deps opencv-python-headless==4.11.0.86
	touch $@

$(PEERS)/deface/ready:
	$(PYTHON) -m venv $(PEERS)/deface
	$(PEERS)/deface/bin/python -m pip install --quiet --no-deps deface==1.5.0
	$(PEERS)/deface/bin/python -m pip install --quiet imageio==2.38.1 imageio-ffmpeg==0.8.1 numpy==2.4.6 tqdm \
	  scikit-image==0.26.0 opencv-python-headless==5.0.0.93
	touch $@

$(PEERS)/lerobot/ready:
	$(PYTHON) -m venv $(PEERS)/lerobot
	$(PEERS)/lerobot/bin/python -m pip install --quiet lerobot==0.4.4
	touch $@

# Reads every frame with the real LeRobot loader. `make interop DATASET=folder`
interop: $(PEERS)/lerobot/ready
	@test -n "$(DATASET)" || { echo "Name a dataset: make interop DATASET=folder"; exit 2; }
	PYTHONPATH=src HF_HUB_OFFLINE=1 $(PEERS)/lerobot/bin/python -W ignore tests/interop/read_with_lerobot.py "$(DATASET)"

# Figures. Takes an hour or more; name a folder of clips to measure on them: make bench FOOTAGE=folder. Where `make peers` has
# been run, the peers are measured on them too.
bench: setup
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.synthetic
	$(BIN)/python -m benchmarks.memory --minutes 0.2
	$(BIN)/python -m benchmarks.memory --canvas 1920x1080 --minutes 0.2
	$(BIN)/python -m benchmarks.memory --rate 1 --minutes 1 20
	$(BIN)/python -m benchmarks.kills 50
	$(BIN)/python -m benchmarks.kernel --build 10000
	$(BIN)/python -m benchmarks.log
	$(BIN)/python -m benchmarks.withdraw
	$(BIN)/python -m benchmarks.faces $(if $(FOOTAGE),"$(FOOTAGE)")
	@test ! -e $(PEERS)/mediapipe/ready || $(BIN)/python -m benchmarks.accuracy
ifdef FOOTAGE
	$(BIN)/python -m benchmarks.clips "$(FOOTAGE)"
	$(BIN)/python -m benchmarks.stages "$(FOOTAGE)"/*.mp4
	@test ! -e $(PEERS)/lerobot/ready || $(BIN)/python -m benchmarks.chain "$(FOOTAGE)"/*.mp4
	@test ! -e $(PEERS)/lerobot/ready || $(BIN)/python -m benchmarks.random_access "$(FOOTAGE)"/*.mp4
	@test ! -e $(PEERS)/mediapipe/ready || $(BIN)/python -m benchmarks.hands "$(FOOTAGE)"
endif

# Damaged and hostile videos: how 10,000 of them end. FOLDER adds videos to damage: make fuzz FOLDER=folder
fuzz: setup
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.fuzz 10000 1 $(FOLDER)

clean:
	rm -rf $(VENV) demo
