# The book's commands; `make` lists them.

SIZE ?= quick
COMPUTE ?= false
PYTHON ?= $(shell command -v python3.11 || command -v python3)
TORCH_INDEX ?=
TAG ?=
VENV ?= .venv
# A number of threads that the caller has set is kept.
CORES ?= $(or $(OMP_NUM_THREADS),all)

PY = $(VENV)/bin/python
# Snakemake keeps a cache in the home folder; where that cannot be written, here.
CACHE = $(shell [ -w "$$HOME" ] || echo 'XDG_CACHE_HOME="$(CURDIR)/_build/cache"')
# The chapter that `make smoke` begins with: the quickest at that size.
FIRST ?= 1-false-positives
INDEX = _build/$(SIZE)/html/index.html
PIP = $(PY) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore
.DEFAULT_GOAL := help

# A VENV given by the caller is used as it is.
ifeq ($(origin VENV),file)
INSTALLED = $(VENV)/.installed
endif

.PHONY: help
help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z -]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  SIZE=quick              of the book: smoke, quick or paper"
	@echo "  COMPUTE=true            at size paper: run what has no stored result, for hours"
	@echo "  TORCH_INDEX=URL         take torch from there: another build, for a GPU say"
	@echo "  VENV=FOLDER             use this environment, and install nothing"

# Without Snakemake's lock, which a killed run would leave behind.
.PHONY: book
book: $(INSTALLED)  ## run the notebooks that changed, build the pages
	@mkdir -p _build && touch _build/.before
	@[ -f $(INDEX) ] || rm -f _build/$(SIZE)/runs/pages
	@[ -f $(INDEX) ] || $(PY) -m helpers.render plan --size $(SIZE) 2>/dev/null || true
	@$(CACHE) $(PY) -m snakemake --cores $(CORES) --quiet all --rerun-incomplete --nolock \
	    --config size=$(SIZE) compute=$(COMPUTE) || \
	    { echo "error: the book of size $(SIZE) is not complete, see above" >&2; exit 1; }
	@if [ ! $(INDEX) -nt _build/.before ]; then \
	    echo "Nothing has changed. The book is at $(CURDIR)/$(INDEX)"; fi

# Snakemake keeps count, so `make book SIZE=smoke` takes up where this ends.
.PHONY: smoke
smoke: $(INSTALLED)  ## a first page, in three minutes: one chapter at the size of a test
	@echo "Running $(FIRST) at the size of a test, then its page: one to three minutes ..."
	@$(CACHE) $(PY) -m snakemake --cores $(CORES) --quiet all --rerun-incomplete --nolock \
	    --config size=smoke -- _build/smoke/runs/$(FIRST).json
	@$(PY) -m helpers.render build --size smoke --page $(FIRST)
	@echo "Its numbers mean nothing yet: 'make book' runs every chapter at a size that does."

# Quoted for the shell; without URL, the copies are brought up to date.
.PHONY: site
site: $(INSTALLED)  ## write the repository's address, URL=https://..., for all buttons
	@$(PY) -m helpers.render site $(if $(filter undefined,$(origin URL)),,--url '$(URL)')

# Tests run in as many processes as there are cores, four at most: each takes memory.
PYTEST = $(PY) -m pytest --numprocesses logical --maxprocesses 4

.PHONY: test
test: $(INSTALLED)  ## run the tests, rendered pages included
	@$(PYTEST) -m "not slow"

.PHONY: test-all
test-all: $(INSTALLED)  ## run those too that take minutes
	@$(PYTEST)

.PHONY: test-interpreters
test-interpreters:  ## run the fast tests on the other Pythons found here, 3.12 say
	@PYTHON="$(PYTHON)" .ci/interpreters

# Other shapes of the built book, in _build/release/.
.PHONY: student
student: $(INSTALLED)  ## the chapters without solutions, with cells that check answers
	@$(PY) -m helpers.press.course student

.PHONY: slides
slides: book  ## slides of the executed chapters, that open without a network
	@$(PY) -m helpers.press.course slides --size $(SIZE)

.PHONY: zip pdf
zip pdf: book  ## the pages of a size as one archive, or as one document
	@$(PY) -m helpers.editions $@ --size $(SIZE)

.PHONY: tables
tables: $(INSTALLED)  ## all stored tables as one archive, to cite
	@$(PY) -m helpers.editions tables

.PHONY: links
links: book  ## do the links to other sites lead somewhere
	@$(PY) -m helpers.editions links --size $(SIZE)

.PHONY: release
release: book  ## packages, pages, PDF and tables with checksums; TAG=v1.2.3 checks more
	@$(PY) -m helpers.editions release --size $(SIZE) --tag '$(TAG)'

.PHONY: bench
bench: $(INSTALLED)  ## measure what things cost, some 15 quiet minutes: data/results/bench
	@$(PY) -m helpers.bench

.PHONY: lint
lint: $(INSTALLED)  ## check style and types, and that notebooks hold no outputs
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@find book -name '*.ipynb' -not -path '*/.*' -exec $(PY) -m nbstripout --keep-id --verify {} +

.PHONY: clean
clean:  ## remove what was built, but keep stored results and the environment
	@find _build -mindepth 1 -maxdepth 1 -not -name results -exec rm -rf {} + 2>/dev/null || true
	@rm -rf .snakemake

.PHONY: install
install:  ## install the pinned packages into .venv, or into the VENV you give
ifdef INSTALLED
	@$(MAKE) --no-print-directory $(INSTALLED)
else
	$(INSTALL)
endif

# The packages, by their hashes; then PyTorch, of the build that was asked for, with what
# that build brings; then the book's own package, as it lies here.
define INSTALL
@echo "Installing the pinned packages into $(VENV), a few minutes ..."
@$(PIP) --no-deps --require-hashes -r requirements.lock
@if [ -n "$(TORCH_INDEX)" ]; then $(PIP) --no-deps --index-url $(TORCH_INDEX) \
    -r requirements-torch.lock; fi
@$(PIP) -r requirements-torch.lock
@$(PIP) --no-deps --editable .
endef

# The stamp is written last, so an interrupted installation is taken up again.
.venv/.installed: requirements.lock requirements-torch.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	    { echo "error: Python 3.11 or newer is needed; got '$(PYTHON)'" >&2; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(INSTALL)
	@touch $@

# Versions that are in the lock stay, unless pyproject.toml asks for others; without a
# lock, or for one package with UPGRADE=NAME, the newest are taken.
UPGRADE ?=
.PHONY: lock
lock:  ## resolve pyproject.toml anew into requirements.lock (needs uv)
	@uv pip compile --quiet --universal --python-version 3.11 --extra test \
	    --constraint requirements-torch.lock --no-emit-package torch --generate-hashes \
	    --no-annotate --custom-compile-command "make lock" $(addprefix --upgrade-package ,$(UPGRADE)) \
	    --output-file requirements.lock pyproject.toml
