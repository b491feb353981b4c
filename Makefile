# Czujka: `make run` starts it, `make test` proves it, `make check` is the quick look.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --no-compile --require-hashes --no-deps
PINS = awk -v want="$(1)" '/^\# set: /{on = ($$3 == want)} on' constraints.txt
SOURCES := core collector classifiers alerts reports governance storage actions web czujka demo bench
DATA ?= ../shared/datasets

.PHONY: run test test-long check check-text check-units format sabotage sabotage-long pins servers train train-check eval bench docs clean
.DELETE_ON_ERROR:

run: .venv/run  ## everything in one process; the demonstration while there is no czujka.toml
	@if [ -f czujka.toml ]; then exec $(BIN)/czujka run $(ARGS); else exec $(BIN)/czujka run --demo $(ARGS); fi

test: .venv/test servers  ## every test, with real servers
	@$(BIN)/python .ci/tests.py

test-long: .venv/test servers  ## the same with the full counts: kills, rows, zones, fuzz
	@CZUJKA_LONG=1 $(BIN)/python .ci/tests.py

check: .venv/test  ## format, lint, types, imports, dead code, unit tests; under two minutes
	@$(MAKE) --no-print-directory -j 2 --output-sync=target check-text check-units

check-text: .venv/test
	@$(BIN)/ruff format --check --quiet . || { echo "make format puts this right"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy $(SOURCES)
	@$(BIN)/lint-imports --no-cache > .cache/imports.txt 2>&1 || { cat .cache/imports.txt; exit 1; }
	@$(BIN)/vulture
	@$(BIN)/python .ci/texts.py

check-units: .venv/test
	@$(BIN)/pytest tests/unit -q -n 2 --dist=loadfile --no-header -p no:cacheprovider

format: .venv/test
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --quiet --fix .

sabotage: .venv/test servers  ## one-line breaks of the code, each of which the named tests must catch
	@$(BIN)/python .ci/sabotage.py

sabotage-long: .venv/test servers  ## the same against the whole suite
	@$(BIN)/python .ci/sabotage.py --whole

train: .venv/train  ## train the sentiment model from DATA and export it
	@OMP_WAIT_POLICY=passive $(BIN)/python -m classifiers.sentiment.training --data $(DATA)

train-check: .venv/train  ## the tests that need torch
	@$(BIN)/pytest tests/train -q

eval: .venv/test  ## measure rules and model on the evaluation set and write docs/quality.md
	@$(BIN)/czujka model quality --posts evaluation --data $(DATA) --to docs/quality.md

bench: .venv/test  ## speed and memory as ratios, side by side in one run
	@$(BIN)/python -m bench $(ARGS)

docs: .venv/test  ## write docs/reference from the code
	@$(BIN)/python -m czujka.reference

servers:  ## the real servers that the tests start; Debian's packages, installed where they are missing
	@bash .ci/servers

.venv/run: constraints.txt pyproject.toml
	@echo "Czujka: installing into .venv (versions and hashes from constraints.txt)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Czujka needs Python 3.11 or newer; set PYTHON=python3.12 or the like"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(call PINS,run) > .venv/run.txt
	@$(INSTALL) -r .venv/run.txt
	@printf '%s\n' "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/czujka.pth"
	@printf '#!%s\nfrom czujka.cli import main\nmain()\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/czujka && chmod +x $(BIN)/czujka
	@mkdir -p .cache && touch $@

.venv/test: .venv/run
	@echo "Czujka: installing what the tests need"
	@$(call PINS,test) > .venv/test.txt
	@$(INSTALL) -r .venv/test.txt
	@touch $@

.venv/train: .venv/test
	@echo "Czujka: installing what training needs"
	@$(call PINS,train) > .venv/train.txt
	@$(INSTALL) -r .venv/train.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	@touch $@

pins:  ## write constraints.txt anew from pyproject.toml
	@$(PYTHON) -m venv .cache/pins && .cache/pins/bin/pip install --quiet uv && .cache/pins/bin/python .ci/pin.py

clean:
	@rm -rf .venv .cache build
