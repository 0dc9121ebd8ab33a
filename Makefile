# Two commands matter: `make run` and `make test`. The rest are parts of them, or for builders.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Two processes, each with databases of its own; a browser wants the machine for itself.
PARALLEL := -n 2 --dist worksteal
AXE_VERSION := 4.14.1
AXE := node_modules/axe-core/axe.min.js

.PHONY: help run test test-fast lint format migration proven bench clean

help: ## What there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: $(VENV)/runtime.stamp ## The site at http://HOST:PORT (127.0.0.1:8050), with the demonstration city on first start
	@$(BIN)/flask --app app prepare
	@exec $(BIN)/gunicorn --config deploy/gunicorn.conf.py

test: $(VENV)/dev.stamp $(AXE) ## Lint, types, import contracts and all tests; missing services are named (CI=true: fail)
	@status=0; \
	$(MAKE) lint || status=1; \
	$(BIN)/pytest $(PARALLEL) -m "not e2e" || status=1; \
	$(BIN)/pytest -m e2e || status=1; \
	exit $$status

test-fast: $(VENV)/dev.stamp ## Tests without browser and without what takes long
	@$(BIN)/pytest -q $(PARALLEL) -m "not e2e and not slow"

lint: $(VENV)/dev.stamp ## Ruff, mypy and the import contracts
	@status=0; \
	$(BIN)/ruff check . || status=1; \
	$(BIN)/ruff format --check . || status=1; \
	$(BIN)/mypy || status=1; \
	$(BIN)/lint-imports --no-logo || status=1; \
	exit $$status

format: $(VENV)/dev.stamp ## Put code into the one form
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

migration: $(VENV)/dev.stamp ## Write the newest, unreleased revision anew from the models; NAME="add x": write the next one
	@$(BIN)/python -m data.migrate $(NAME)
	@$(BIN)/ruff check --quiet --fix-only data/migrations/versions
	@$(BIN)/ruff format --quiet data/migrations/versions

proven: $(VENV)/dev.stamp ## Hold every indicator to its independent SQL, and write down those that agree
	@$(BIN)/pytest -q tests/data/semantic/test_oracles.py
	@$(BIN)/python -m tests.data.semantic.prove

bench: $(VENV)/dev.stamp ## Times on 1 and 10 million rows, both engines; a table, and docs/bench/latest.json
	@$(BIN)/python -m tests.bench $(ARGS)

clean: ## Remove caches; data (instance/) and the environment stay
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	@find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed, $(PYTHON) is $$($(PYTHON) -V)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "No virtual environment could be made: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/runtime.stamp: requirements.txt | $(BIN)/python
	@echo "Installing the packages of requirements.txt ..."
	@$(PIP) --requirement requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements.txt requirements-dev.txt requirements-nodeps.txt | $(BIN)/python
	@echo "Installing the packages of requirements-dev.txt ..."
	@$(PIP) --requirement requirements-dev.txt
	@$(PIP) --no-deps --requirement requirements-nodeps.txt
	@touch $(VENV)/runtime.stamp $@

# Judges whether pages can be read and used by everyone; without it that one test is named and skipped.
$(AXE): Makefile
	@if command -v npm >/dev/null; then \
		echo "Installing axe-core $(AXE_VERSION) ..."; \
		npm install --prefix . --no-save --no-package-lock --no-audit --no-fund --loglevel=error \
			axe-core@$(AXE_VERSION) >/dev/null && touch $@ || echo "axe-core could not be installed" >&2; \
	fi
