#!/bin/bash
# Make .venv with the newest Python there is (>= 3.11) and install this project into it, with the versions of
# constraints.txt. Safe to call again: an environment that works is kept and brought up to date.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "setup: $*"; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

candidates() {
    local name
    for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
        # A shim of pyenv may exist and yet lead nowhere, so each is tried rather than looked up.
        if is_new_enough "$name"; then echo "$name"; fi
    done
}

make_venv() {
    local name
    for name in $(candidates); do
        rm -rf .venv
        if "$name" -m venv .venv >/dev/null 2>&1 && .venv/bin/python -m pip --version >/dev/null 2>&1; then
            say "$("$name" --version) in .venv"
            return 0
        fi
    done
    rm -rf .venv
    return 1
}

install_venv_packages() {
    # On Debian and Ubuntu `venv` lacks ensurepip until python3-venv is there.
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then return 1; fi
    local packages=(python3-venv) name version
    for name in $(candidates); do
        version=$("$name" -c 'import sys; print(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")')
        if apt-cache show "$version" >/dev/null 2>&1; then packages+=("$version"); fi
    done
    say "installing ${packages[*]} with apt-get"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null >/dev/null && apt-get install -y -qq "${packages[@]}" </dev/null >/dev/null
}

if [ -z "$(candidates)" ]; then
    say "no Python 3.11 or newer was found (tried python3.13, python3.12, python3.11, python3)." >&2
    say "Debian 12+ and Ubuntu 24.04+: apt-get install python3 python3-venv. Elsewhere: set PYTHON=/path/to/python3.x" >&2
    exit 1
fi
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    if ! make_venv && ! { install_venv_packages && make_venv; }; then
        say "Python cannot make a virtual environment here: its ensurepip module is missing." >&2
        say "As root: apt-get update && apt-get install -y python3-venv, then call make again." >&2
        exit 1
    fi
fi

say "installing the pinned packages of constraints.txt (a few seconds with uv, a minute or two with pip)"
mkdir -p .build
log=.build/setup.txt
pip() { .venv/bin/python -m pip --disable-pip-version-check "$@" </dev/null >"$log" 2>&1; }

# uv does in six seconds of CPU what takes pip more than a minute. It is a convenience: where it cannot be had, or cannot
# install (it reads no pip.conf), pip does the same from the same list.
quickly() {
    .venv/bin/uv --version >/dev/null 2>&1 || pip install "uv==0.13.9" || return 1
    local install=(.venv/bin/uv pip install --system-certs --no-progress --python .venv/bin/python -c constraints.txt)
    { "${install[@]}" setuptools wheel && "${install[@]}" --no-build-isolation -e '.[reference,drivers,test]'; } </dev/null >"$log" 2>&1
}

slowly() {
    # The build tool is pinned like everything else, so nothing is fetched a second time into an isolated build.
    pip install -c constraints.txt setuptools wheel \
        && pip install --no-build-isolation -c constraints.txt -e '.[reference,drivers,test]'
}

if ! quickly && ! slowly; then
    cat "$log" >&2
    say "pip could not install the packages; the lines above say why (all of it: $log)" >&2
    exit 1
fi
say "ready"
