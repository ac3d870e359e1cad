# One menu. Every target sets up what it needs: on a fresh machine with Python 3.11 or later, `make demo` and
# `make test` work at once.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The first Python that is new enough; PYTHON=... chooses another one.
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c "$(IS_NEW_ENOUGH)" 2> /dev/null && echo "$$python" && break; done)
BIN := .venv/bin
READY := .venv/.ready
CODE := aggregators exporters streams testbed tests benchmarks chaos dashboards
ARGUMENTS ?=

.PHONY: help
help: ## show this menu
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(READY) ## a simulated support centre in one process; the address is printed (ARGUMENTS="--seconds 30")
	@$(BIN)/supportpulse demo $(ARGUMENTS)

.PHONY: test
test: lint types generated ## everything: style, types, layers, generated files, all tests (below 10 minutes)
	@$(BIN)/python -m testbed.install $(if $(filter 1,$(SUPPORTPULSE_REQUIRE_ALL)),--required)
	@$(BIN)/pytest --numprocesses=4 --dist=loadfile --no-loadscope-reorder $(ARGUMENTS)

.PHONY: test-quick
test-quick: $(READY) ## unit tests, scenarios, laws and house rules with few examples, on all cores (below 1 minute)
	@HYPOTHESIS_PROFILE=quick $(BIN)/pytest --numprocesses=auto -m "not slow" --ignore=tests/unit/testbed \
		$(wildcard tests/unit tests/scenarios tests/laws tests/house) $(ARGUMENTS)

.PHONY: lint
lint: $(READY) ## ruff (rules and format) and the layers
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/lint-imports --no-logo

.PHONY: types
types: $(READY) ## mypy --strict
	@$(BIN)/mypy --strict

.PHONY: generated
generated: $(READY)
	@$(BIN)/supportpulse generate --check --config deploy/supportpulse.example.toml
	@$(BIN)/python -m dashboards --check

.PHONY: generate
generate: $(READY) ## write references, schemas, alerts and dashboards anew
	@$(BIN)/supportpulse generate --config deploy/supportpulse.example.toml
	@$(BIN)/python -m dashboards

.PHONY: stack
stack: secrets ## Kafka, workers, exporter, Prometheus and Grafana in containers (ARGUMENTS="--detach")
	@docker compose up --build $(ARGUMENTS)

.PHONY: secrets
secrets: deploy/secrets/redis-password.secret deploy/secrets/grafana-password.secret ## passwords of the stack

# The folder is closed to other users; the files are open, because each container reads them as a user of its own.
deploy/secrets/%.secret:
	@mkdir --parents --mode=700 $(@D)
	@head --bytes=24 /dev/urandom | base64 --wrap=0 | tr '+/' '-_' > $@
	@chmod 644 $@

.PHONY: soak
soak: $(READY) ## laws, mutants, floods, fuzzing and a simulated week at full length (about an hour)
	@HYPOTHESIS_PROFILE=soak SUPPORTPULSE_SOAK=1 $(BIN)/pytest --timeout=7200 tests/soak tests/laws $(ARGUMENTS)

.PHONY: bench
bench: $(READY) ## drain a million events from a real Kafka, beside an ordinary Faust agent
	@$(BIN)/python -m testbed.install
	@$(BIN)/python -m benchmarks $(ARGUMENTS)

.PHONY: chaos
chaos: $(READY) ## a hundred faults while a million events are folded, then a recount (up to an hour)
	@$(BIN)/python -m testbed.install
	@$(BIN)/python -m chaos $(ARGUMENTS)

.PHONY: coverage
coverage: $(READY) ## the tests again with branch coverage
	@$(BIN)/coverage run -m pytest $(ARGUMENTS)
	@$(BIN)/coverage report --skip-covered

.PHONY: format
format: $(READY) ## let ruff format and repair the code
	@$(BIN)/ruff check --fix $(CODE)
	@$(BIN)/ruff format $(CODE)

.PHONY: servers
servers: $(READY) ## install Kafka, Redis, Prometheus and Chromium for the tests (Debian; as root)
	@$(BIN)/python -m testbed.install --system

.PHONY: clean
clean: ## remove the environment, caches and products (not the fetched Kafka)
	@rm -rf .venv build dist htmlcov .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "There is no Python 3.11 or later on the path." >&2; exit 1; }
	@test -x $(BIN)/pip || "$(PYTHON)" -m venv .venv || { rm -rf .venv; \
		echo "Python cannot make an environment; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up .venv (once, about a minute) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@
