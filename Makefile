# make run · make test · make check · make bench
#
# Everything is kept in .venv and in the data directory; Python 3.11 or later is all that has to be
# there before.

PORT ?= 8000
HOST ?= 127.0.0.1
DATA ?= ./data
VENV ?= .venv
# Passed on: make test ARGS="tests/reports -k question"
ARGS ?=

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { command -v $$python; break; }; done)

# The stamps carry the sum of what was installed: a changed lock file installs anew, nothing else.
LOCKED := $(shell cat pyproject.toml requirements/*.txt | cksum | cut -d ' ' -f 1)
FOR_RUNNING := $(VENV)/.for-running-$(LOCKED)
FOR_TESTING := $(VENV)/.for-testing-$(LOCKED)

IN := $(VENV)/bin/python -m
PIP := $(IN) pip --disable-pip-version-check --quiet

.PHONY: run test check format bench lock wheel clean
.DEFAULT_GOAL := run

run: $(FOR_RUNNING)
	@TRACKER_DATA="$(DATA)" TRACKER_BASE_URL="$${TRACKER_BASE_URL:-http://$(HOST):$(PORT)}" \
		exec $(VENV)/bin/tracker serve --host "$(HOST)" --port "$(PORT)"

# A file of tests goes to one process as a whole: what its tests share is made once. -n 0 takes one
# process, for -s and --pdb.
SHARED_OUT := -n logical --maxprocesses 8 --dist loadfile --no-loadscope-reorder

test: $(FOR_TESTING)
	@sh requirements/browser.sh "$(VENV)/bin/python"
	@sh requirements/peers.sh "$(VENV)"
	@$(IN) pytest $(SHARED_OUT) $(ARGS)

check: $(FOR_TESTING)
	@$(IN) ruff format --check .
	@$(IN) ruff check .
	@$(IN) mypy
	@$(VENV)/bin/lint-imports --no-logo

format: $(FOR_TESTING)
	@$(IN) ruff format .
	@$(IN) ruff check --fix .

bench: $(FOR_TESTING)
	@$(IN) tests.bench $(ARGS)

# One version of everything: what runs is what was tested. The lock names no index, so it installs
# from whichever one a machine is set up with. It is whole, so pip is told to look no further: older
# ones ask for what is named with an extra a second time, and find a newer release than the locked.
LOCK := $(VENV)/bin/uv --no-config pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate
lock: $(FOR_TESTING)
	env -u UV_FIND_LINKS $(LOCK) --upgrade --group dev pyproject.toml -o requirements/dev.txt
	env -u UV_FIND_LINKS $(LOCK) -c requirements/dev.txt pyproject.toml -o requirements/runtime.txt
	env -u UV_FIND_LINKS $(LOCK) -c requirements/dev.txt --group build -o requirements/build.txt

wheel: $(FOR_TESTING)
	@$(IN) build --wheel --no-isolation --outdir dist

clean:
	rm -rf "$(VENV)" build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf .import_linter_cache
	find cli tests tracker -name __pycache__ -type d -prune -exec rm -rf {} +

$(FOR_TESTING): | $(VENV)/bin/python
	@echo "Installing what the tests need into $(VENV)"
	@$(PIP) install --require-hashes --no-deps -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.for-*
	@touch $(FOR_RUNNING) $(FOR_TESTING)

$(FOR_RUNNING): | $(VENV)/bin/python
	@echo "Installing the tracker into $(VENV)"
	@$(PIP) install --require-hashes --no-deps -r requirements/runtime.txt -r requirements/build.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.for-*
	@touch $(FOR_RUNNING)

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { \
		echo "Orange Friday needs Python 3.11 or later, and found none. Install it, or say where" \
			"it is: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv --clear "$(VENV)" || { rm -rf "$(VENV)"; \
		echo "$(PYTHON) cannot make a virtual environment. On Debian and Ubuntu its venv module is" \
			"a package of its own: apt-get install python3-venv"; exit 1; }
