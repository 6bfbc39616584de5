# A machine with Python 3.11 or newer, make and git is enough; `make help` lists what there is.
# Tests and checks use the versions in constraints.txt, and so does `make run`.

.DEFAULT_GOAL := help
.PHONY: help run test wheel soak check docs proto bench bench-peers

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install -c constraints.txt
SOURCES := core plugins migrations tests bench
# Tests wait more than they compute, those of whole processes too: four at a time on two cores.
PARALLEL := -n $(shell echo $$(( $$(nproc) * 2 ))) --maxprocesses 8

# Tests start hundreds of processes, and each would compile Wellhead anew where this is set.
export PYTHONDONTWRITEBYTECODE :=

# Once, and not by each of the first processes at the same time.
COMPILE := $(BIN)/python -m compileall -q -j 0 core plugins migrations

help:
	@echo 'make run     start Wellhead with a simulated oil field (WELLHEAD_PORT=8080, WELLHEAD_DATA_DIR=var)'
	@echo 'make test    the tests, without the long ones'
	@echo 'make wheel   the package: built, installed elsewhere, started'
	@echo 'make soak    the long tests, and properties with examples drawn anew'
	@echo 'make check   formatting, lint, types, import rules, layout and documentation'
	@echo 'make docs    the pages of docs/ that are made from the code'
	@echo 'make proto   the modules that are made from .proto files'
	@echo 'make bench   the measurements of bench/, each against its limit in the same run'
	@echo 'make bench-peers   Wellhead beside another gateway, at the same Modbus devices'

# One virtual environment. The stamps say what is in it and are older than what decides that, so
# an edit of the requirements installs again.
$(VENV)/.created:
	@set -e; python=; \
	for candidate in python3 python3.14 python3.13 python3.12 python3.11; do \
	    if $$candidate -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	    then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	    echo 'Wellhead needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv)' >&2; \
	    exit 1; \
	fi; \
	$$python -m venv --clear $(VENV); touch $@

$(VENV)/.runs: $(VENV)/.created setup.py pyproject.toml constraints.txt
	@echo 'Installing Wellhead into $(VENV), about a minute …'
	@$(PIP) -e '.[all]'
	@$(COMPILE)
	@touch $@

$(VENV)/.develops: $(VENV)/.created setup.py pyproject.toml constraints.txt
	@echo 'Installing Wellhead and its development tools into $(VENV) …'
	@$(PIP) -e '.[all,dev]'
	@$(COMPILE)
	@touch $(VENV)/.runs $@

run: $(VENV)/.runs
	@exec $(BIN)/wellhead run --config deploy/demo.toml

test: $(VENV)/.develops
	$(BIN)/pytest -q $(PARALLEL) --dist worksteal -m 'not soak and not wheel and not system and not alone'
	$(BIN)/pytest -q $(PARALLEL) --dist loadfile --no-loadscope-reorder -m 'system and not soak and not wheel and not alone'
	$(BIN)/pytest -q -m 'alone and not soak and not wheel'

wheel: $(VENV)/.develops
	$(BIN)/pytest -q -m wheel

soak: $(VENV)/.develops
	$(BIN)/pytest -q $(PARALLEL) --dist worksteal --hypothesis-profile search \
	    -m 'not soak and not wheel and not system and not alone'
	$(BIN)/pytest -m soak

check: $(VENV)/.develops
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(SOURCES)
	MYPYPATH=examples/wellhead-s7 $(BIN)/mypy examples/wellhead-s7/wellhead_s7
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/layout

docs: $(VENV)/.develops
	$(BIN)/python -m wellhead.sdk.reference > docs/sdk.md.new
	mv docs/sdk.md.new docs/sdk.md
	$(BIN)/python -m wellhead.care.permissions_page > docs/permissions.md.new
	mv docs/permissions.md.new docs/permissions.md
	$(BIN)/python -m wellhead.care.configuration_page > docs/configuration.md.new
	mv docs/configuration.md.new docs/configuration.md

SPARKPLUG := plugins/scada_mqtt/wellhead_scada_mqtt/sparkplug
proto: $(VENV)/.develops
	$(BIN)/python -m grpc_tools.protoc -I $(SPARKPLUG) \
	    --python_out=$(SPARKPLUG)/_generated --pyi_out=$(SPARKPLUG)/_generated sparkplug_b.proto

bench: $(VENV)/.develops
	$(BIN)/python -m bench

# Another gateway never shares an environment with Wellhead: it holds other versions back.
PEERS := .bench/peers
$(PEERS)/.installed: bench/peers/requirements.txt
	@echo 'Installing the gateways that Wellhead is measured beside into $(PEERS) …'
	@mkdir -p .bench
	@$(BIN)/python -m venv --clear $(PEERS)
	@$(PEERS)/bin/python -m pip --disable-pip-version-check --quiet install -r $<
	@touch $@

bench-peers: $(VENV)/.develops
	@$(MAKE) --no-print-directory $(PEERS)/.installed
	cd bench && ../$(BIN)/python -m peers
