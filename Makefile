# Czujka: `make run` starts it, `make test` proves it, `make check` is the quick look.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps
PINS = awk -v want="$(1)" '/^\# set: /{on = ($$3 == want)} on' constraints.txt

.PHONY: run test test-long check sabotage sabotage-long bench pins servers train clean
.DELETE_ON_ERROR:

.venv/run: constraints.txt pyproject.toml
	@echo "Czujka: installing into .venv (versions and hashes from constraints.txt)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Czujka needs Python 3.11 or newer; set PYTHON=python3.12 or the like"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(call PINS,run) > .venv/run.txt
	@$(INSTALL) -r .venv/run.txt
	@printf '%s\n' "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/czujka.pth"
	@printf '#!%s\nfrom czujka.cli import main\nmain()\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/czujka && chmod +x $(BIN)/czujka
	@touch $@

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

pins:
	@$(PYTHON) -m venv .cache/pins && .cache/pins/bin/pip install --quiet uv && .cache/pins/bin/python .ci/pin.py
