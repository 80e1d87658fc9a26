# One command each: `make run` and `make test` set up everything they need, then do it.
#   make run                    the preset quick
#   make run PRESET=tiny        another preset, or the path of your own
#   make run ARGS="--dry-run"   anything else that snakemake takes
#   make test                   the whole suite; ARGS="-k siren" for a part, ARGS="--entries my_entries"
#                               for the contract of entries of your own
#   make new-model NAME=x       a new entry from a template; ENTRIES=my_entries for a folder of your own
#   make docs                   the documentation as a website, in site/
#   make pages                  the pages of docs/ that list what there is
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
PRESET ?=
ARGS ?=
NAME ?=
ENTRIES ?=

BIN := $(abspath $(VENV))/bin
CONFIG := $(if $(PRESET),--config preset=$(PRESET),)

.PHONY: env run test docs schemas pages

env: $(VENV)/.installed

# The marker comes last, so an installation that was cut off is done again.
$(VENV)/.installed: envs/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "fieldbench needs Python 3.11 or newer. Name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r envs/requirements.txt
	@touch $@

run: env
	@PATH="$(BIN):$$PATH" $(BIN)/python workflow/recover.py
	@PATH="$(BIN):$$PATH" $(BIN)/snakemake --cores all $(CONFIG) $(ARGS)

# pytest would take the word after `--entries`, which it learns of late, for a file of tests.
# Two files of tests at a time, but for what a marker asks for: that measures, or has the machine.
test: env
	@PATH="$(BIN):$$PATH" $(BIN)/python -m pytest $(if $(findstring -m ,$(ARGS)),,-n 2 --dist loadfile) $(subst --entries ,--entries=,$(ARGS))

schemas: env
	@$(BIN)/python workflow/write_schemas.py

# The pages of docs/ that are made from the code.
pages: env
	@$(BIN)/python workflow/write_pages.py

# new-model, new-metric, new-signal, new-task, new-activation, new-encoding, new-basis and others.
new-%: env
	@$(BIN)/python workflow/new_entry.py $* $(NAME) $(if $(ENTRIES),--entries $(ENTRIES),)

docs: env
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet
	@echo "The documentation is in site/: open site/index.html."
