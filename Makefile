.POSIX:
.SILENT:

# Finds Python 3.11 or newer, and says in plain words when there is none.
FIND_PYTHON = \
	python=; \
	for candidate in python3.11 python3.12 python3.13 python3.14 python3; do \
		if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			python=$$candidate; break; \
		fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "CloneGallery needs Python 3.11 or newer; found: $$(python3 --version 2>&1 || echo none)." >&2; \
		echo "Install it (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python) and try again." >&2; \
		exit 1; \
	fi

INSTALL = $(FIND_PYTHON); "$$python" -m clonegallery.runtime.install
INSTALL_DEV = $(INSTALL) requirements-dev.txt

help: ## What there is
	awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: ## Install, migrate, build and start everything; PORT=8001 for another port, SEED_DEMO=0 for no demo pictures
	$(INSTALL) && exec .venv/bin/python -m clonegallery up --steps-done 2

test: ## Everything the tests need, a browser included, then the whole suite
	$(INSTALL_DEV) && .venv/bin/python -m tests.e2e.chromium && exec .venv/bin/python -m pytest

lint: ## Style and import rules
	$(INSTALL_DEV) && .venv/bin/ruff check . && .venv/bin/ruff format --check . && exec .venv/bin/lint-imports

types: ## mypy --strict
	$(INSTALL_DEV) && exec .venv/bin/mypy

bench: ## How fast it is, each figure beside a floor measured in the same run
	$(INSTALL) requirements-bench.txt && .venv/bin/python -m tests.e2e.chromium && exec .venv/bin/python -m tests.bench

migrate: ## Bring the database to the newest schema
	$(INSTALL) && exec .venv/bin/python -m clonegallery migrate

clean: ## Remove everything that can be made again; var/ with your pictures stays
	rm -rf .venv .web .states .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache assets/external
	find clonegallery workers tests alembic -type d -name __pycache__ -exec rm -rf {} +

.PHONY: help run test lint types bench migrate clean
