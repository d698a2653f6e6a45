# make run | fast | dev | test | check | bench | load | fuzz | pictures | lock | audit

VENV ?= .venv
LOCKING ?= .venv-lock
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8050
export HOST PORT

BIN := $(VENV)/bin
# What of the fuzzing needs a browser.
OPENED := tests/fuzz/test_opening.py
INSTALL := install --quiet --disable-pip-version-check

.PHONY: run fast dev test test-python test-browser check browser servers bench load fuzz pictures lock audit clean

run: $(VENV)/.run
	@exec $(BIN)/gunicorn

fast: $(VENV)/.fast

dev: $(VENV)/.run
	@exec $(BIN)/python app.py

# The two halves side by side, a core each; what either says is printed when it ends.
test: check browser servers
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target test-python test-browser

test-python: servers
	$(BIN)/pytest --ignore=tests/browser --ignore=$(OPENED) -p no:cacheprovider

test-browser: browser
	$(BIN)/pytest tests/browser $(OPENED)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.bench browser
	$(BIN)/python -m tests.benchmark

load: $(VENV)/.dev
	$(BIN)/python -m tests.load

# For MINUTES (60), with cases that differ every time; SEED has those of a round again.
fuzz: browser
	@$(BIN)/python -m tests.fuzz

pictures: $(VENV)/.dev browser
	$(BIN)/python -m tests.pictures

browser: $(VENV)/.dev
	@$(BIN)/python -m tests.browser.install

servers: $(VENV)/.dev
	@$(BIN)/python -m tests.app.install

# What is installed is what is locked: after a change of requirements*.txt the locks are written anew.
lock: $(LOCKING)/.made
	$(LOCKING)/bin/python -m tests.lock

# Needs the index's vulnerability service; says so where that is not reached.
audit: $(LOCKING)/.made
	@$(LOCKING)/bin/python -m tests.audit

clean:
	rm -rf $(VENV) $(LOCKING) .mypy_cache .pytest_cache .ruff_cache nets/__pycache__

# Each stamp is newer than the lock it was installed from, so a second start installs nothing.

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Relief needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock | $(BIN)/python
	$(BIN)/pip $(INSTALL) --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.fast: requirements-fast.lock requirements.lock | $(BIN)/python
	$(BIN)/pip $(INSTALL) --require-hashes -r requirements-fast.lock
	$(BIN)/python -m app.warm
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements-cluster.lock $(VENV)/.fast
	$(BIN)/pip $(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.bench: requirements-bench.lock $(VENV)/.dev
	$(BIN)/pip $(INSTALL) --require-hashes -r requirements-bench.lock
	@touch $@

$(LOCKING)/.made: requirements-lock.txt
	$(PYTHON) -m venv $(LOCKING)
	$(LOCKING)/bin/pip $(INSTALL) -r requirements-lock.txt
	@touch $@
