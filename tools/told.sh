#!/bin/bash
# Run pytest, keep everything it prints in a file, and say what a reader of CI needs: the skipped tests with their reasons,
# the coverage where it was measured, the last line; or, when it fails, everything but the dots. Exits as pytest does.
#   tools/told.sh FILE COMMAND...
set -uo pipefail
file=$1
shift
mkdir -p "$(dirname "$file")"
"$@" >"$file" 2>&1 </dev/null
code=$?
if [ "$code" -ne 0 ]; then
    grep -vE '^[.sFEx]+ +\[' "$file" | tail -n 150
    echo "pytest: failed (exit code $code), all of it: $file"
    exit "$code"
fi
grep -E '^SKIPPED' "$file"
awk '/^TOTAL/ {print "coverage (lines and branches): " $NF}' "$file"
tail -n 1 "$file"
