#!/bin/bash
# Make ready what only tests need: system programs, packages of Node, environments of real connectors.
# Runs beside the linters (see Makefile); never a failure: what is missing is a skip with its reason.
#   tools/test_programs.sh FOLDER...        folders with a package.json
set -uo pipefail

mkdir -p .build
if [ ! -f .build/test_packages ] || [ tools/test_packages.sh -nt .build/test_packages ]; then
    tools/test_packages.sh
    touch .build/test_packages
fi
for folder in "$@"; do
    if [ -f "$folder/package.json" ]; then tools/node_modules.sh "$folder"; fi
done
tools/client_venvs.sh
exit 0
