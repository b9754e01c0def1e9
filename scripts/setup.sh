#!/usr/bin/env bash
# Installs what sightline is built with and is not there yet. Debian and Ubuntu: by apt. Elsewhere: says what is needed.
# Usage: scripts/setup.sh [--tests]      (--tests: also what the tests need)
set -euo pipefail

packages=(g++ cmake ninja-build pkg-config libcli11-dev libopenblas-pthread-dev libsimdjson-dev libpng-dev
          libjpeg-dev libdeflate-dev libspdlog-dev)
if [[ "${1:-}" == --tests ]]; then
  packages+=(catch2 curl python3 procps)
elif [[ -n "${1:-}" ]]; then
  echo "setup.sh: unknown option '$1'; usage: scripts/setup.sh [--tests]" >&2
  exit 2
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "setup.sh: this is not Debian or Ubuntu. Needed: a C++20 compiler, CMake 3.25, Ninja, pkg-config, and the" >&2
  echo "libraries CLI11, OpenBLAS, simdjson, libpng, libjpeg-turbo, libdeflate, spdlog; for the tests Catch2, Python 3." >&2
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ "$status" == installed ]] || missing+=("$package")
done
if [[ ${#missing[@]} -eq 0 ]]; then
  echo "setup: everything is installed"
  exit 0
fi

echo "setup: installing ${missing[*]}"
as_root=()
if [[ $(id -u) -ne 0 ]]; then
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
