#!/bin/sh
# Builds the pages with the Node.js that node.sh finds, or installs into VENV. Where it fails, one sentence says why.
set -eu
cd "$(dirname "$0")"
log=node_modules/build.log
mkdir -p node_modules

fail() {
    echo "The web pages are not built: $1. Everything else works; \`make client\` tries again." >&2
    exit 1
}

PATH=$(./node.sh) || fail "that takes Node.js"

if ! cmp -s package-lock.json node_modules/installed-lock.json; then
    echo "Building the web pages, once: some 20 seconds, and 400 MB below app/web/client/node_modules."
    npm ci --silent --fetch-retries=1 --fetch-retry-mintimeout=1000 >/dev/null 2>&1 ||
        fail "npm's registry cannot be reached, or has not all that package-lock.json names"
    cp package-lock.json node_modules/installed-lock.json
fi
npm run --silent build >$log 2>&1 || fail "the build failed, see app/web/client/$log"
