#!/bin/bash
# Make the environments of real connectors that tests run as programs of their own (tests/clients/programs/*.txt).
# Each has an environment of its own: their pins do not agree, and nothing of them is imported by us.
# Never a failure: without them their tests skip and say why.
set -uo pipefail

# With uv where the set-up has it, else with pip.
install() {
    local home=$1 wanted=$2
    if [ -x .venv/bin/uv ] && .venv/bin/python -m venv --without-pip "$home" >"$home.log" 2>&1 \
        && timeout 300 .venv/bin/uv pip install --system-certs --no-progress --python "$home/bin/python" -r "$wanted" >>"$home.log" 2>&1; then
        return 0
    fi
    rm -rf "$home"
    .venv/bin/python -m venv "$home" >>"$home.log" 2>&1 \
        && timeout 300 "$home/bin/pip" install -q --disable-pip-version-check -r "$wanted" >>"$home.log" 2>&1
}

mkdir -p .build/clients
for wanted in tests/clients/programs/*.txt; do
    name=$(basename "$wanted" .txt)
    home=.build/clients/$name
    if [ -f "$home/.ready" ] && [ "$home/.ready" -nt "$wanted" ]; then continue; fi
    echo "installing for the tests: $name"
    rm -rf "$home"
    if install "$home" "$wanted"; then
        touch "$home/.ready"
    else
        echo "tests that need $name will be skipped: neither uv nor pip could install it (see $home.log)"
        rm -rf "$home"
    fi
done
exit 0
