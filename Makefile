# `make demo` and `make test` need nothing but Python 3.11 or newer, make and a package index: they set up
# a virtual environment by themselves. Stamp files make every call but the first one quick.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Exact versions, for runs that can be repeated; CONSTRAINTS= takes the newest ones that fit.
CONSTRAINTS ?= constraints.txt
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check $(if $(CONSTRAINTS),--constraint $(CONSTRAINTS))
# As pip leaves what it installs: without this, commands of a checkout compile it at every start where Python
# may not write byte code by itself.
COMPILE := $(BIN)/python -m compileall -q logsense plugins
# One more than cores: many tests wait for a process of their own.
JOBS ?= 3
# Those that pyproject.toml promises; an environment of its own for each.
PYTHONS ?= python3.11 python3.12 python3.13
RUNS := $(VENV)/.ready-to-run
CHECKS := $(VENV)/.ready-to-check

.DEFAULT_GOAL := help
.PHONY: help demo test test-all versions lint format bench wheel reference api snapshots readme-picture clean

help:            ## Show this list.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

demo: $(RUNS)    ## Analyse the recorded samples and compare with what really happened.
	$(BIN)/logsense demo

test: lint       ## The whole check: format, lint, types, imports, tests. CI runs the same.
	$(BIN)/python -m pytest -q -n $(JOBS)

test-all: lint   ## The same with slow tests and those on evaluation data.
	$(BIN)/python -m pytest -q -n $(JOBS) -m ""

versions:        ## The whole check and the demo, with each Python that is promised (PYTHONS=...).
	for python in $(PYTHONS); do \
		$(MAKE) PYTHON=$$python VENV=$(VENV)/$$(basename $$python) test demo || exit; \
	done

lint: $(CHECKS)  ## Everything but the tests.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports

format: $(CHECKS) ## Bring the code into form.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(CHECKS) ## Measure against Drain3 line by line and lnav (BENCH=1M: without ten million lines), and what workers cost.
	@$(COMPILE)
	$(BIN)/python tests/bench/workers.py; missed=$$?; $(BIN)/python tests/bench/bench.py && exit $$missed

wheel: $(CHECKS) ## Build the wheel into dist/.
	$(BIN)/python -m hatchling build -t wheel

reference: $(CHECKS) ## Write docs/api.md from the code, and the files that the tutorial shows.
	$(BIN)/python docs/reference.py
	$(BIN)/python docs/tutorial.py
	LOGSENSE_RENEW_SNAPSHOTS=1 $(BIN)/python -m pytest -q tests/contract/test_testing_document.py

api: $(CHECKS)   ## Renew the snapshot of what plugins may rely on; tell the change in CHANGELOG.md.
	LOGSENSE_RENEW_SNAPSHOTS=1 $(BIN)/python -m pytest -q tests/contract/test_api.py

snapshots: $(CHECKS) ## Renew the pictures of the screens that the tests compare with; look at the difference.
	LOGSENSE_RENEW_SNAPSHOTS=1 $(BIN)/python -m pytest -q tests/tui/test_snapshots.py tests/tui/test_keys_document.py

readme-picture: $(RUNS) ## Put the real output of the demo and the screens into README.md.
	$(BIN)/python docs/picture.py
	$(BIN)/python docs/screens.py

clean:           ## Remove the environment and what was built.
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "logsense needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

# Groups of dependencies need pip 25.1, which is newer than what most machines bring.
$(RUNS): pyproject.toml $(CONSTRAINTS) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(PIP) --editable .
	@$(COMPILE)
	@touch $@

$(CHECKS): $(RUNS)
	$(PIP) --group dev
	@touch $@
