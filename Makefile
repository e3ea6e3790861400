# `make help` lists what can be done.  What is installed, and how, stands in tools/install.py.
PY ?= $(shell for p in python3 python3.13 python3.12 python3.11; do command -v $$p && break; done)
PYTHON := .venv/bin/python
INSTALL = command -v "$(PY)" >/dev/null || { echo "Python $(PY:%='%' )was not found: apt-get install python3 python3-venv, or\
 name one: make run PY=python3.12" >&2; exit 1; }; "$(PY)" tools/install.py
UV = .venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11

.DEFAULT_GOAL := help
.PHONY: help run test prove check bench format lock messages clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## start the whole portal in this terminal (PORT=8000 DATA_DIR=var PY=python3.12)
	@$(INSTALL) run
	@exec $(PYTHON) manage.py up

test: ## tests before a commit: SQLite, PostgreSQL with Redis, browser (ARGS="-k name")
	@$(INSTALL) dev
	@exec $(PYTHON) tools/test.py test $(ARGS)

prove: ## races, kills, outages, evenings, the accessibility matrix, large files (ARGS="-k name")
	@$(INSTALL) dev
	@exec $(PYTHON) tools/test.py prove $(ARGS)

check: ## style, types, templates, imports, migrations, translations, deployment, tree
	@$(INSTALL) dev
	@exec $(PYTHON) tools/check.py

bench: ## speed and memory beside a bare Django page and hand-written SQL
	@$(INSTALL) dev
	@exec $(PYTHON) -m bench $(ARGS)

format: ## format Python and templates
	@$(INSTALL) dev
	@$(PYTHON) -m ruff check --fix --quiet . ; $(PYTHON) -m ruff format . && .venv/bin/djlint --reformat --quiet templates

lock: ## new versions into the lock files, within the bounds of requirements*.in and package.json
	@$(INSTALL) dev
	@for name in requirements requirements-dev requirements-node; do $(UV) --upgrade $$name.in -o $$name.lock; done
	@npm install --package-lock-only --ignore-scripts

messages: ## take new sentences into the catalogues and name those that lack Latvian
	@$(INSTALL) dev
	@$(PYTHON) tools/translations.py extract && $(PYTHON) tools/translations.py check

clean: ## remove what was installed and built; the data in var/ stays
	@rm -rf .venv node_modules static/built static_collected .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} + ; find locale -name '*.mo' -delete
