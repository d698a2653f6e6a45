# make run | fast | dev | test | check | bench | load | pictures

VENV ?= .venv
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8050
export HOST PORT

BIN := $(VENV)/bin

.PHONY: run fast dev test test-python test-browser check browser servers bench load pictures clean

run: $(VENV)/.run
	@exec $(BIN)/gunicorn

fast: $(VENV)/.fast

dev: $(VENV)/.run
	@exec $(BIN)/python app.py

# The two halves side by side, a core each; what either says is printed when it ends.
test: check browser servers
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target test-python test-browser

test-python: servers
	$(BIN)/pytest --ignore=tests/browser -p no:cacheprovider

test-browser: browser
	$(BIN)/pytest tests/browser

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.bench browser
	$(BIN)/python -m tests.benchmark

load: $(VENV)/.dev
	$(BIN)/python -m tests.load

pictures: $(VENV)/.dev browser
	$(BIN)/python -m tests.pictures

browser: $(VENV)/.dev
	@$(BIN)/python -m tests.browser.install

servers: $(VENV)/.dev
	@$(BIN)/python -m tests.app.install

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache nets/__pycache__

# Each stamp is newer than the requirements it was installed from, so a second start installs nothing.

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Relief needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.fast: requirements-fast.txt requirements.txt | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-fast.txt
	$(BIN)/python -m app.warm
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements-cluster.txt $(VENV)/.fast
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(VENV)/.bench: requirements-bench.txt $(VENV)/.dev
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@
