# One place for everything a person runs. `make` alone lists it.
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory --no-builtin-rules
# By its true name, because .venv may be a link (see scripts/setup.sh).
BIN = $$(readlink -f .venv)/bin
PY = $(BIN)/python
# What failed is run once more, alone; what passes then is listed, and kept in build/flickering.txt.
PYTEST = $(PY) -m pytest -p tests.flickering
# Every test process and every command under test would compile all of Rushes again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## list what there is
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed 's/:.*## /\t/' | expand -t 16

.PHONY: demo
demo: setup ## make 12 videos of the examples, in demo/
	@scripts/demo.sh

.PHONY: demo-film
demo-film: setup ## make the example's film, in demo-film/
	@scripts/demo_film.sh

.PHONY: demo-flow
demo-flow: setup-dev ## watch Google Flow being worked, on a local stand-in of its page
	@$(BIN)/python -m scripts.demo_flow

.PHONY: up
up: page ## run the page, the API and a worker
	@$(BIN)/rushes up

.PHONY: setup
setup: ## make .venv (the other targets do it by themselves)
	@scripts/setup.sh

.PHONY: setup-dev
setup-dev: # .venv with what the tests need as well
	@scripts/setup.sh dev

.PHONY: page
page: setup-dev # the web page, unless it is built already
	@$(PY) -m scripts.build_web

.PHONY: browser
browser: setup-dev # a browser for the tests of the page, unless there is one
	@$(PY) -m scripts.chromium

.PHONY: test
test: page browser ## run all tests
	@$(PY) -m scripts.build_web test
	@$(PYTEST) -n 4 --dist loadgroup -m "not soak"

.PHONY: test-fast
test-fast: setup-dev ## run the tests that need no database and no browser
	@$(PYTEST) -n 4 --dist loadgroup -m "not slow and not soak"

.PHONY: test-changed
test-changed: setup-dev ## run the tests that what you changed can break (SINCE=main)
	@$(PY) -m scripts.changed $(or $(SINCE),main) -n 4 --dist loadgroup

.PHONY: test-soak
test-soak: setup-dev ## run the long form of the chaos tests
	@$(PY) -m pytest -m soak

.PHONY: dev
dev: page ## run the API and a worker; both reload at every change
	@$(PY) -m uvicorn --factory rushes.cli.serve:dev_app --reload --reload-dir src \
		--host $${RUSHES_HOST:-127.0.0.1} --port $${RUSHES_PORT:-8001} --timeout-graceful-shutdown 2

.PHONY: check
check: setup-dev ## lint, format, types, layers and house rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright
	@$(BIN)/lint-imports
	@$(PY) -m pytest -q tests/test_house.py

.PHONY: format
format: setup-dev ## put the code into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: gen
gen: setup-dev ## make again what is made from code
	@$(PY) -m scripts.gen
	@$(PY) -m scripts.build_web client

.PHONY: bench
bench: setup-dev ## run every bench (BENCH="zip animatic" for some)
	@$(PY) -m scripts.bench $(BENCH)

.PHONY: lock
lock: ## pin the dependencies again, with hashes, and install them (LOCK=--upgrade takes newer ones)
	@test -x .venv/bin/uv || scripts/setup.sh dev
	@for made in "pyproject.toml --all-extras -o requirements.txt" \
		"pyproject.toml --all-extras --group dev -o requirements-dev.txt" \
		"scripts/requirements-uv.in -o scripts/requirements-uv.txt" \
		"scripts/requirements-build.in -o scripts/requirements-build.txt"; do \
		$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
			$(LOCK) $$made >/dev/null || exit 1; done
	@scripts/setup.sh dev

.PHONY: clean
clean: ## remove what was made here (not your jobs)
	@rm -rf demo demo-film demo-flow dist build .pytest_cache .ruff_cache .hypothesis .import_linter_cache bench/results
	@find src tests bench scripts examples -name __pycache__ -type d -prune -exec rm -rf {} +
