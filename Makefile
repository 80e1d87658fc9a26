# One command each: what a command needs is set up first. `make help` lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
PRESET ?=
ARGS ?=
NAME ?=
ENTRIES ?=

BIN := $(abspath $(VENV))/bin
CONFIG := $(if $(PRESET),--config preset=$(PRESET),)

.PHONY: help run test env docs pages schemas
.DEFAULT_GOAL := help

help: ## list these commands
	@$(PYTHON) workflow/make_targets.py

# A target that is not there; not the Makefile itself, which make looks for a rule of.
.DEFAULT:
	@$(PYTHON) workflow/make_targets.py $@
Makefile: ;

env: $(VENV)/.installed ## set up .venv, which the others do by themselves

# The marker comes last, so an installation that was cut off is done again.
$(VENV)/.installed: envs/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "fieldbench needs Python 3.11 or newer. Name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up $(VENV), once: a minute or two."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r envs/requirements.txt \
		2> $(VENV)/pip.txt || { grep -v "^WARNING: Location" $(VENV)/pip.txt >&2; exit 1; }
	@touch $@

run: env ## run a preset: PRESET=quick, or the path of your own; ARGS= for snakemake's options
	@PATH="$(BIN):$$PATH" $(BIN)/python workflow/recover.py
	@PATH="$(BIN):$$PATH" $(BIN)/snakemake --cores all $(CONFIG) $(ARGS)

# pytest would take the word after `--entries`, which it learns of late, for a file of tests.
# Two files of tests at a time, but for what a marker asks for: that measures, or has the machine.
test: env ## run the tests: ARGS="-k siren" for a part, ARGS="--entries my_entries" for your own
	@PATH="$(BIN):$$PATH" $(BIN)/python -m pytest $(if $(findstring -m ,$(ARGS)),,-n 2 --dist loadfile) $(subst --entries ,--entries=,$(ARGS))

schemas: env ## write the schemas that editors complete presets by
	@$(BIN)/python workflow/write_schemas.py

# The pages of docs/ that are made from the code.
pages: env ## write the pages of docs/ that list what there is
	@$(BIN)/python workflow/write_pages.py

# new-model, new-metric, new-signal, new-task, new-activation, new-encoding, new-basis and others.
new-%: env ## a new entry from a template: make new-model NAME=x, ENTRIES= for a folder of your own
	@$(BIN)/python workflow/new_entry.py $* $(NAME) $(if $(ENTRIES),--entries $(ENTRIES),)

docs: env ## build the documentation as a website, in site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet
	@echo "The documentation is in site/: open site/index.html."
