# `make help` lists what there is.
SHELL := /bin/bash
PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py
TEST_WORKERS ?= 4 # half of the tests' time is waiting for servers; 0 runs them one after another
HERE := "not bench and not cluster and not soak" --ignore=tests/cluster # tests that need no testbed and no idle machine
.DEFAULT_GOAL := help
.PHONY: help setup demo stop test lint format bench client requirements clean \
  image cluster cluster-down test-cluster soak bench-cluster coverage

help: ## list these commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install and build what is needed (other targets run it themselves)
	@scripts/setup.sh

demo: ## start everything with a live simulated plant; Ctrl-C or `make stop` stops it
	@scripts/setup.sh demo
	@$(MANAGE) demo

stop: ## stop what `make demo` started, and nothing else
	@[ -x $(PYTHON) ] && $(MANAGE) down || echo "Nothing to stop."

test: setup ## all tests on real servers, one summary
	@TESTS_IN_MEMORY=1 $(PYTHON) -m pytest -m $(HERE) -n $(TEST_WORKERS) $(ARGS)

coverage: setup ## all Python tests with branch coverage, including the processes they start; slower
	@$(PYTHON) -m coverage erase
	@$(PYTHON) -m coverage run -m pytest -m $(HERE) -n $(TEST_WORKERS) $(ARGS); status=$$?; \
	$(PYTHON) -m coverage combine -q && $(PYTHON) -m coverage html -q && $(PYTHON) -m coverage report; \
	echo "Line by line: var/coverage/html/index.html"; exit $$status

lint: setup ## ruff, mypy, import layers, prettier, eslint, TypeScript
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@$(PYTHON) -m mypy
	@PYTHONPATH=platform:. .venv/bin/lint-imports --no-cache
	@cd frontend && npm run --silent lint
	@$(MANAGE) spectacular --file frontend/src/api/schema.yaml --validate && cd frontend && npm run --silent client:check

format: setup ## format the sources
	@.venv/bin/ruff check --fix -q . ; .venv/bin/ruff format -q .
	@cd frontend && npm run --silent format

bench: ## measure the budgets (ONLY=alarms, query, drawing, alarm_page, influxql, crowd, import, ingest, neighbours, painted, playback, stream or tenants; BENCH_SCALE=0.02 is a dry run)
	@scripts/setup.sh bench
	@$(PYTHON) -m pytest tests/bench -m bench -s $(if $(ONLY),-k $(ONLY)) $(ARGS)
	@[ "$(or $(ONLY),tenants)" != tenants ] || $(MAKE) --no-print-directory bench-cluster ARGS=

bench-cluster: ## measure the budgets that need the testbed (part of `make bench` and `make bench ONLY=tenants`)
	@scripts/setup.sh cluster
	@$(PYTHON) -m tests.testbed.images
	@$(PYTHON) -m tests.testbed run -- $(PYTHON) -m pytest tests/cluster -m bench -s $(ARGS)

image: ## our container image, and stand-ins for the other images that the testbed needs
	@scripts/setup.sh image
	@$(PYTHON) -m tests.testbed.images $(ARGS)

cluster: ## a real Kubernetes on this machine, in an isolated network (docs/operator/testbed.md)
	@scripts/setup.sh cluster
	@$(PYTHON) -m tests.testbed.images pause influxdb ferretdb >/dev/null
	@$(PYTHON) -m tests.testbed up $(ARGS)

cluster-down: ## stop what `make cluster` started, and nothing else
	@$(PYTHON) -m tests.testbed down

test-cluster: ## tests with real containers, on a cluster of their own
	@scripts/setup.sh cluster
	@$(PYTHON) -m tests.testbed.images
	@$(PYTHON) -m tests.testbed run -- $(PYTHON) -m pytest tests/cluster -m cluster $(ARGS)

soak: ## kills under load, hostile requests, properties, kills on a cluster (ONLY=ingest, fuzz, properties or cluster; ROUNDS=2: fewer)
	@scripts/setup.sh $(if $(filter ingest fuzz properties,$(ONLY)),,cluster)
	@case "$(ONLY)" in ""|ingest|fuzz) $(PYTHON) -m pytest tests/soak -m soak -s $(if $(ONLY),-k $(ONLY)) $(ARGS);; esac
	@case "$(ONLY)" in ""|properties) $(PYTHON) -m pytest -m "soak or hypothesis" --ignore=tests/cluster --ignore=tests/soak \
	  --hypothesis-profile=soak -n $(TEST_WORKERS);; esac
	@case "$(ONLY)" in ""|cluster) $(PYTHON) -m tests.testbed.images && \
	  $(PYTHON) -m tests.testbed run -- $(PYTHON) -m pytest tests/cluster -m soak -s $(if $(ROUNDS),--runs $(ROUNDS)) $(ARGS);; esac

client: setup ## the web UI's typed client from the OpenAPI schema
	@$(MANAGE) spectacular --file frontend/src/api/schema.yaml --validate && cd frontend && npm run --silent client

requirements: ## compile requirements*.in with hashes
	@for each in requirements requirements-dev; do \
	  .venv/bin/uv pip compile -q --generate-hashes --python-version 3.11 --no-emit-index-url $$each.in -o $$each.txt; done

clean: stop ## remove what was installed and built here; keeps var/ (the data) and the cache
	@rm -rf .venv frontend/node_modules frontend/dist var/.setup .mypy_cache .ruff_cache .hypothesis
