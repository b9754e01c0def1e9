#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the missing packages that are required to build sightline. On Debian and Ubuntu it uses apt; on other
# distributions it names the packages and installs nothing.
# Usage: scripts/setup.sh [--tests]      (--tests: also what the tests need)
set -euo pipefail

packages=(g++ cmake ninja-build pkg-config libcli11-dev libopenblas-pthread-dev libsimdjson-dev libpng-dev
          libjpeg-dev libdeflate-dev libspdlog-dev libwebp-dev libxxhash-dev zlib1g-dev)
optional=(libavif-dev libheif-dev libtiff-dev libzstd-dev)  # AVIF, HEIC, TIFF, zstd: a build can do without
case "${1:-}" in
  "") ;;
  --tests) packages+=(catch2 curl python3 procps strace) ;;
  -h | --help) sed -n '3,5s/^# //p' "$0"; exit 0 ;;
  *) echo "setup.sh: unknown option '$1'; usage: scripts/setup.sh [--tests]" >&2; exit 2 ;;
esac

# Prints what to install manually without apt. The names are untested on these distributions.
other_distribution() {
  local name="this is not Debian or Ubuntu" command=""
  if [[ -r /etc/os-release ]]; then
    name=$(. /etc/os-release && echo "${PRETTY_NAME:-$name}")
  fi
  if command -v dnf >/dev/null; then  # Fedora
    command="dnf install gcc-c++ cmake ninja-build pkgconf-pkg-config cli11-devel openblas-devel simdjson-devel
      libpng-devel libjpeg-turbo-devel libdeflate-devel spdlog-devel libwebp-devel xxhash-devel
      libavif-devel libheif-devel libtiff-devel zlib-devel libzstd-devel catch-devel python3 curl"
  elif command -v pacman >/dev/null; then  # Arch
    command="pacman -S --needed gcc cmake ninja pkgconf cli11 openblas simdjson libpng libjpeg-turbo libdeflate spdlog
      libwebp xxhash zlib libavif libheif libtiff zstd catch2 python curl"
  elif command -v zypper >/dev/null; then  # openSUSE
    command="zypper install gcc-c++ cmake ninja pkgconf-pkg-config cli11-devel openblas_pthreads-devel simdjson-devel
      libpng16-devel libjpeg8-devel libdeflate-devel spdlog-devel libwebp-devel xxhash-devel
      libavif-devel libheif-devel libtiff-devel zlib-devel libzstd-devel Catch2-devel python3 curl"
  fi
  echo "setup.sh: $name: this script can install packages with apt only, so it installs nothing." >&2
  if [[ -n $command ]]; then
    echo "The packages that sightline needs are probably these (as root):" >&2
    echo "  $(echo $command)" >&2  # on one line
  else
    echo "sightline needs a C++20 compiler, CMake 3.25, Ninja, pkg-config, and the libraries CLI11, simdjson, libpng," >&2
    echo "libjpeg-turbo, libdeflate, spdlog, libwebp, xxHash and zlib; OpenBLAS is optional. To read AVIF, HEIC and" >&2
    echo "TIFF images: libavif, libheif with libde265, libtiff; tar archives compressed with zstd: libzstd. For the" >&2
    echo "tests: Catch2, Python 3, curl." >&2
  fi
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  other_distribution
  exit 0
fi

packages+=("${optional[@]}")

missing=()
note_missing() {
  local status
  status=$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null || true)
  [[ "$status" == installed ]] || missing+=("$1")
}
# If libheif has its decoders in separate packages (Debian 13, Ubuntu 24.04), HEIC needs this one.
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

as_root=()
if [[ $(id -u) -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "setup.sh: packages are missing, and installing them needs root or sudo. Ask an administrator to run:" >&2
    echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
[[ " ${missing[*]} " == *" libheif-plugin-libde265 "* ]] || note_missing_plugin  # known only now
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
