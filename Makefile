# Everything runs in .venv, which is made from the lock; nothing is installed elsewhere.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
BIN := .venv/bin
# dbt target of profiles.yml: duckdb or bigquery; empty: the profile's default.
TARGET ?=
TARGET_OPTION := $(if $(TARGET),--target $(TARGET))
# Tests run in as many processes as there are cores, those of a file in one: they share what they built. Those of BigQuery
# run in one process, beside the emulator's.
PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: install
install: .venv/installed profiles.yml ## virtual environment with what loading and building needs

.PHONY: demo
demo: install ## demo account into the raw tables, dbt build, and a summary of what was built
	@$(BIN)/python -m loader load --from demo $(TARGET_OPTION)
	@echo "Building and testing the models, which takes a minute or two"
	@$(BIN)/dbt --quiet build --exclude-resource-type unit_test $(TARGET_OPTION)
	@$(BIN)/python -m loader catalogue $(TARGET_OPTION)
	@$(BIN)/python -m loader summary $(TARGET_OPTION)

.PHONY: docs
docs: install ## one page of models, columns, lineage and metrics, after a load and a build
	@$(BIN)/dbt --quiet docs generate --static $(TARGET_OPTION)
	@echo "Open target/static_index.html in a browser."

.PHONY: catalogue
catalogue: install ## docs/sources.md and .html: what the built views offer for segments and messages
	@$(BIN)/python -m loader catalogue $(TARGET_OPTION)

# The emulator leaves half of two cores idle, so its tests go beside the linters and then the other tests; what each part
# prints comes in one piece.
.PHONY: test
test: .venv/installed-dev ## every linter and test but the long ones
	@$(MAKE) --no-print-directory --output-sync=target --jobs=2 lint bigquery unit examples

.PHONY: test-all
test-all: lint .venv/browser ## every linter and test, the long ones too
	$(PYTEST) -m "slow or not slow" tests

.PHONY: lint
lint: .venv/installed-dev ## ruff, mypy, dbt parse without deprecations, conventions of the models, sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/dbt --quiet --warn-error parse --profiles-dir tests/lint --target-path target/lint --no-partial-parse
	$(BIN)/dbt-bouncer run --config-file dbt-bouncer.yml --show-all-failures
	$(BIN)/python -m tests.lint

.PHONY: unit
unit: .venv/installed-dev .venv/browser ## loader and models, on DuckDB
	$(PYTEST) -m "not slow and not bigquery" tests/loader tests/models tests/dbt_project

.PHONY: bigquery
bigquery: .venv/installed-dev ## loader and models on BigQuery's emulator and Google's analyzer
	$(BIN)/python -m pytest -m "not slow" tests/bigquery tests/loader/test_*bigquery*.py tests/loader/api/test_bigquery_api.py

.PHONY: examples
examples: .venv/installed-dev ## real data: the Complete Journey as an account
	$(PYTEST) -m "not slow" tests/examples

.PHONY: storm
storm: .venv/installed-dev ## the REST API source under 200 mixtures of misbehaviour, each with a kill -9
	$(PYTEST) -vv --dist load -m "slow or not slow" tests/loader/api/test_storm.py

.PHONY: benchmark
benchmark: .venv/installed-dev ## figures of benchmarks/README.md, measured here
	$(BIN)/python -m benchmarks.load
	$(BIN)/python -m benchmarks.database
	$(BIN)/python -m benchmarks.api
	$(BIN)/python -m benchmarks.build
	$(BIN)/python -m benchmarks.lookup

.PHONY: format
format: .venv/installed-dev ## format Python, fix what the linters can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: lock
lock: .venv/installed ## resolve pyproject.toml anew into the lock files
	printf 'uv\n' | $(BIN)/uv pip compile - $(COMPILE) -o requirements-bootstrap.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev $(COMPILE) -o requirements-dev.lock
	$(BIN)/uv pip compile pyproject.toml -c requirements-dev.lock $(COMPILE) -o requirements.lock
COMPILE := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command 'make lock'

.PHONY: clean
clean: ## remove what builds and tests wrote, but not the data
	rm -rf target logs .pytest_cache .mypy_cache .ruff_cache .hypothesis

profiles.yml:
	cp profiles.yml.example profiles.yml

.venv/bin/uv: requirements-bootstrap.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' || \
		{ echo "Python 3.11 or 3.12 is needed; name it with make PYTHON=/path/to/python3.11"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-bootstrap.lock
	@touch $@

.venv/installed: requirements.lock .venv/bin/uv
	@echo "Installing from requirements.lock into .venv"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/bin/uv
	@echo "Installing from requirements-dev.lock into .venv"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@ .venv/installed

# A test looks at the catalogue's page in a browser. Debian's is installed where root may; elsewhere the test says what is
# missing.
.venv/browser: | .venv/bin/uv
	@if ! command -v chromium google-chrome google-chrome-stable > /dev/null && command -v apt-get > /dev/null \
			&& [ "$$(id -u)" = 0 ]; then \
		echo "Installing Debian's chromium for the tests"; \
		{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium; } \
			> .venv/browser.log 2>&1 || echo "It cannot be installed: see .venv/browser.log"; \
	fi
	@if command -v chromium google-chrome google-chrome-stable > /dev/null; then touch $@; fi
