# Everything is done by these commands. Each says in one line what it does; details are in build/logs/.
.DEFAULT_GOAL := help
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
STEP := packaging/step.sh
# The commands of this checkout come before any others of the same name.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help setup tools image demo test test-fast torture lint format docs lock benchmark clean

help: ## Show these commands.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: ## Make this machine ready: Debian packages, .venv with the `qualit` command, libvirt daemons.
	@packaging/setup.sh

tools: ## Build or fetch OpenTofu 1.12, Terraform 1.15, Pulumi 3.250 and stripe-mock, once, unless PATH has them.
	@packaging/tools.sh

image: setup ## Make the small guest image that the demo and the tests boot, once.
	@packaging/image.sh

demo: image ## Show the whole story on this machine: plan, apply, improve, refuse, sleep, destroy.
	@packaging/tools.sh any
	@python examples/demo/demo.py
	@python examples/pulumi/demo.py

test: setup lint test-fast ## Everything: set-up, checks, fast tests, then real command-line tools, QEMU guests, kills.
	@$(MAKE) tools image
	@echo "==> Tests with real command-line tools"
	@pytest -q -n auto -m "cli and not qemu"
	@echo "==> Tests with real QEMU guests"
	@pytest -q -m qemu
	@echo "==> Tests that kill"
	@pytest -q -n auto -m torture

test-fast: ## Tests that need neither QEMU nor a command-line tool and kill nothing; the quick ones first.
	@echo "==> Fast tests"
	@pytest -q -n auto -m "not qemu and not cli and not torture"

torture: setup ## Kill the real process at every step and at random times, then check every N rule: SECONDS, SEED, CLIENTS, EVERY.
	@python -m tests.torture.torture $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SEED),--seed $(SEED)) \
		$(if $(CLIENTS),--clients $(CLIENTS)) $(if $(EVERY),--every $(EVERY)) $(if $(DATABASES),--databases $(DATABASES))

lint: ## Style, types and the directions of imports.
	@$(STEP) "Checking style (ruff)" ruff check .
	@$(STEP) "Checking format (ruff)" ruff format --check .
	@$(STEP) "Checking types (mypy, strict)" mypy
	@$(STEP) "Checking the directions of imports (import-linter)" lint-imports

format: ## Bring the code into its format.
	@ruff check --fix --quiet . ; ruff format --quiet .

docs: ## Write docs/reference/ and pulumi_qualit/ from what the resources state.
	@python -m provider.resources.reference docs/reference
	@python -m provider.pulumi.sdk

lock: ## Resolve the dependencies anew; arguments go through UPGRADE, such as UPGRADE="--upgrade-package typer".
	@packaging/lock.sh $(UPGRADE)

benchmark: image ## Measure beside peers: the plugin's start, a Pulumi preview, orders a second, changes of a real server.
	@python benchmarks/handshake.py
	@packaging/tools.sh pulumi
	@python benchmarks/pulumi_preview.py
	@python benchmarks/orders.py
	@python benchmarks/live_changes.py

clean: ## Remove what these commands made in this folder; the tools' cache stays.
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
