#!/bin/bash
# Run a command and say one line when it succeeds, everything it printed when it does not.
#   tools/quietly.sh NAME COMMAND...
set -uo pipefail
name=$1
shift
start=$SECONDS
output=$("$@" 2>&1 </dev/null)
code=$?
if [ "$code" -ne 0 ]; then
    printf '%s\n%s: failed (exit code %s)\n' "$output" "$name" "$code"
    exit "$code"
fi
printf '%-13s ok  %ss\n' "$name" "$((SECONDS - start))"
