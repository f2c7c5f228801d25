# foldbase: everything a person does with a checkout. `make help` prints this list.

.DEFAULT_GOAL := help
.PHONY: help install run test test-long check bench demo lock

BIN := .venv/bin
ARGS ?=
PYTHONS := python3 python3.13 python3.12 python3.11
SUITABLE := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

install: .venv/installed ## set up .venv with everything, once

run: install ## serve on this machine: make run ARGS="--port 8123 --data DIR"
	@exec $(BIN)/foldbase up $(ARGS)

test: install ## run the tests: make test ARGS="tests/embedded -x"
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest --numprocesses 3 --dist loadscope $(ARGS)

test-long: install ## try every property with 20 times as many examples
	@$(BIN)/pytest --numprocesses 3 -m "hypothesis or seeds" --hypothesis-profile long --timeout 1800 $(ARGS)

check: install ## lint, types, import arrows
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/pytest --quiet --no-header --durations=0 tests/architecture

bench: install ## measure both sides and compare: make bench ARGS="--help"
	@$(BIN)/python -m benchmarks $(ARGS)

demo: install ## load 336,776 flights and read them back
	@$(BIN)/python examples/flights/demo.py $(ARGS)

lock: install ## choose the versions in locks/ anew
	@$(BIN)/pip install -qq "uv>=0.9,<1"
	@$(BIN)/uv pip compile $(LOCKING) --output-file locks/runtime.txt --extra export pyproject.toml
	@$(BIN)/uv pip compile $(LOCKING) --output-file locks/dev.txt --extra dev pyproject.toml
	@$(BIN)/uv pip compile $(LOCKING) --output-file locks/clients.txt tests/clients/python/requirements.in
	@$(BIN)/uv pip compile $(LOCKING) --output-file locks/node.txt tests/clients/typescript/requirements.in

LOCKING := --quiet --upgrade --universal --generate-hashes --no-header

.venv/installed: locks/dev.txt pyproject.toml
	@for python in $(PYTHONS); do \
		if $$python -c '$(SUITABLE)' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
		echo "foldbase needs Python 3.11, 3.12 or 3.13 with its venv module" \
			"(on Debian and Ubuntu: apt-get install python3 python3-venv)" >&2; \
		exit 1; \
	fi; \
	echo "setting up .venv; this is done once and takes a minute or two"; \
	$$found -m venv .venv
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r locks/dev.txt
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --editable .
	@touch $@
