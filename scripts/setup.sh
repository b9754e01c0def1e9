#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what sightline is built with and is not there yet. Debian and Ubuntu: by apt. Elsewhere: says what is needed.
# Usage: scripts/setup.sh [--tests]      (--tests: also what the tests need)
set -euo pipefail

packages=(g++ cmake ninja-build pkg-config libcli11-dev libopenblas-pthread-dev libsimdjson-dev libpng-dev
          libjpeg-dev libdeflate-dev libspdlog-dev libwebp-dev libxxhash-dev)
optional=(libavif-dev libheif-dev libtiff-dev)  # AVIF, HEIC, TIFF: a build without them reads the other formats
if [[ "${1:-}" == --tests ]]; then
  packages+=(catch2 curl python3 procps)
elif [[ -n "${1:-}" ]]; then
  echo "setup.sh: unknown option '$1'; usage: scripts/setup.sh [--tests]" >&2
  exit 2
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "setup.sh: this is not Debian or Ubuntu. Needed: a C++20 compiler, CMake 3.25, Ninja, pkg-config, and the" >&2
  echo "libraries CLI11, OpenBLAS, simdjson, libpng, libjpeg-turbo, libdeflate, spdlog, libwebp, xxHash; for the tests" >&2
  echo "Catch2, Python 3. To read AVIF, HEIC and TIFF: libavif, libheif with libde265, libtiff." >&2
  exit 0
fi

packages+=("${optional[@]}")

missing=()
note_missing() {
  local status
  status=$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null || true)
  [[ "$status" == installed ]] || missing+=("$1")
}
# Where libheif has its decoders in packages of their own (Debian 13, Ubuntu 24.04), HEIC needs this one.
note_missing_plugin() {
  if apt-cache show libheif-plugin-libde265 >/dev/null 2>&1; then
    note_missing libheif-plugin-libde265
  fi
}

for package in "${packages[@]}"; do
  note_missing "$package"
done
note_missing_plugin
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
[[ " ${missing[*]} " == *" libheif-plugin-libde265 "* ]] || note_missing_plugin  # known only now
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
