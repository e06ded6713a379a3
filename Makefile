# Two commands do all the set-up: make demo, make test.

PYTHON ?= python3
VENV   ?= .venv
PORT   ?= 7878
SHARED ?= ../shared
OPED   := $(SHARED)/texts/pakistan-russia-romance.txt
BIN    := $(VENV)/bin
VENDOR := src/diplograph/pages/static/vendor

.DEFAULT_GOAL := help
.PHONY: help demo test lint graphs accuracy weights mappings web bench bench-server wheel lock clean

help:  ## list what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: demo/store/latest $(if $(shell command -v npm),web)  ## build the sample graph and serve it on http://127.0.0.1:7878
	$(BIN)/diplograph serve demo --port $(PORT)

demo/store/latest: $(VENV)/installed $(wildcard data/texts/*.md) $(wildcard data/*.ttl) $(wildcard ontology/*.ttl) $(wildcard ontology/*/*)
	$(BIN)/diplograph build data/texts -o demo

test: $(VENV)/installed-dev  ## run the tests
	$(BIN)/pytest

lint: $(VENV)/installed-dev  ## check style, types, layers and spelling
	$(BIN)/ruff format --check src tests benchmarks training
	$(BIN)/ruff check src tests benchmarks training
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell --skip '*/weights/*' src training/*.py ontology data/texts docs README.md CONTRIBUTING.md CHANGELOG.md

graphs: $(VENV)/installed  ## regenerate data/graphs, the golden files
	$(BIN)/python -m diplograph.golden data/texts data/graphs
	test ! -f $(OPED) || $(BIN)/diplograph extract $(OPED) --date 2022-04-08 --format trig --quotes trigger > data/graphs/pakistan-russia-romance.trig

weights: $(VENV)/installed  ## learn anew how to weigh what the frames read, from the passages in training
	$(BIN)/pip install --quiet --disable-pip-version-check --group training
	$(BIN)/python training/learn.py

mappings: $(VENV)-mappings/installed  ## validate the table of links with the SSSOM toolkit
	$(VENV)-mappings/bin/sssom validate data/wikidata.sssom.tsv

web: $(VENDOR)/LICENSES.txt  ## bundle the query editor and the outlines of the map from npm

$(VENDOR)/LICENSES.txt: web/build.mjs web/package-lock.json $(wildcard web/src/*.js web/src/*/*.js) $(if $(shell command -v npm),,$(VENV)/installed-dev)
	cd web && PATH="$$PATH:$(abspath $(BIN))" && npm ci --no-audit --no-fund && npm run build
	touch $@

accuracy: $(VENV)/installed  ## measure the reading of our gold passages, into docs/accuracy.md
	$(BIN)/python benchmarks/accuracy.py

bench: $(VENV)/installed-dev  ## run the benchmarks (ratios against a peer in the same run)
	for script in benchmarks/[a-z]*.py; do $(BIN)/python $$script || exit 1; done

bench-server: $(VENV)/installed-dev  ## the server against oxigraph's own, taking turns (needs wrk)
	$(BIN)/python benchmarks/server.py

bench-inference: $(VENV)/installed-bench  ## compare inference with owlrl, reasonable and Nemo, up to ten million triples
	$(BIN)/python benchmarks/inference.py 100000 --peers owlrl --agree
	$(BIN)/python benchmarks/inference.py 1000000 --peers nemo reasonable --proofs 1000
	$(BIN)/python benchmarks/inference.py 10000000 --against 1000000

wheel: $(VENV)/installed-dev web  ## build the wheel into dist
	$(BIN)/python -m hatchling build -t wheel

lock: $(VENV)/installed-dev  ## pin the dependencies anew, with hashes
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev -o requirements-dev.lock

clean:  ## remove what can be made again
	rm -rf $(VENV) $(VENV)-mappings demo dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "diplograph needs Python 3.11 or newer; run: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock requirements-clients.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-clients.lock
	touch $@

$(VENV)/installed-bench: $(VENV)/installed-dev pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(BIN)/pip install --quiet --disable-pip-version-check --group bench
	touch $@

# The toolkit brings a hundred packages that nothing else here needs.
$(VENV)-mappings/installed: $(VENV)/bin/python pyproject.toml
	$(VENV)/bin/python -m venv --clear $(VENV)-mappings
	$(VENV)-mappings/bin/pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(VENV)-mappings/bin/pip install --quiet --group mappings
	touch $@
