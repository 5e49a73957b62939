#!/bin/bash
# Install the programs that some tests drive: node and npm (the Node connector), chromium (the report in a browser),
# php and java (clients of tests/network), docker.io (an engine for tests/drivers; the tests start and stop it themselves).
# Only as root on Debian or Ubuntu. Never a failure: without a program its tests skip and say why.
set -uo pipefail

wanted=()
command -v node >/dev/null || wanted+=(nodejs)
command -v npm >/dev/null || wanted+=(npm)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
    || wanted+=(chromium)
command -v php >/dev/null || wanted+=(php-cli php-curl)
command -v java >/dev/null || wanted+=(default-jdk-headless)
# Not where systemd runs: there the package would start a service that stays. An engine that answers is taken as it is.
if ! command -v dockerd >/dev/null && [ ! -d /run/systemd/system ] && [ -z "${DOCKER_HOST:-}${CONTAINER_HOST:-}" ] \
    && [ ! -S /var/run/docker.sock ]; then wanted+=(docker.io); fi
if [ "${#wanted[@]}" -eq 0 ]; then exit 0; fi

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || [ -n "${SYNCPROOF_NO_APT:-}" ]; then
    echo "tests that need ${wanted[*]} will be skipped: not installed, and this is not root on Debian"
    exit 0
fi
echo "installing for the tests: ${wanted[*]}"
export DEBIAN_FRONTEND=noninteractive
timeout 120 apt-get update -qq </dev/null >/dev/null 2>&1
for name in "${wanted[@]}"; do
    if ! timeout 300 apt-get install -y -qq --no-install-recommends "$name" </dev/null >/dev/null 2>&1; then
        echo "tests that need $name will be skipped: apt-get could not install it"
    fi
done
exit 0
