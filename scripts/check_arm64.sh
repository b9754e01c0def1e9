#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Cross-compiles the layers below weights for arm64 and runs their tests in qemu. The libraries are Debian's packages
# of that architecture, unpacked into build-arm64/root: the system is not changed.
# Usage: scripts/check_arm64.sh [JOBS]
set -euo pipefail
cd "$(dirname "$0")/.."

jobs=${1:-$(nproc)}
layers="base tensor files containers image text ops"
folder=$PWD/build-arm64
root=$folder/root
packages=(libc6-dev libstdc++-12-dev libspdlog-dev libsimdjson-dev libpng-dev libjpeg-dev libdeflate-dev libwebp-dev
          libxxhash-dev libzstd-dev libopenblas-pthread-dev catch2 libcli11-dev)

unpack_packages() {
  local apt=$folder/apt package
  mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$root"
  : >"$apt/status"
  local options=(-qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o "Dir::State=$apt/state"
                 -o "Dir::State::status=$apt/status" -o "Dir::Cache=$apt/cache")
  apt-get "${options[@]}" update
  apt-get "${options[@]}" install -y --download-only --no-install-recommends "${packages[@]}" >/dev/null
  for package in "$apt"/cache/archives/*.deb; do dpkg-deb -x "$package" "$root"; done
  touch "$root/complete"
}

[[ -e $root/complete ]] || unpack_packages

cat >"$folder/toolchain.cmake" <<TOOLCHAIN
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH $root)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_SYSROOT $root)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64;-L;$root;-E;LD_LIBRARY_PATH=/usr/lib/aarch64-linux-gnu/openblas-pthread)
TOOLCHAIN
export PKG_CONFIG_SYSROOT_DIR=$root
libraries=$root/usr/lib/aarch64-linux-gnu
# What update-alternatives would link on a real system.
export PKG_CONFIG_LIBDIR=$libraries/openblas-pthread/pkgconfig:$libraries/pkgconfig:$root/usr/share/pkgconfig
cmake -S . -B "$folder" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$folder/toolchain.cmake" -DCMAKE_BUILD_TYPE=Release \
      -DCMAKE_CXX_FLAGS_RELEASE="-O1" -DSIGHTLINE_TESTS=ON -DSIGHTLINE_WITH_AVIF=OFF -DSIGHTLINE_WITH_HEIF=OFF \
      -DSIGHTLINE_WITH_TIFF=OFF >/dev/null
targets=()
for layer in $layers; do targets+=("${layer}_tests"); done
cmake --build "$folder" -j "$jobs" --target "${targets[@]}"
ctest --test-dir "$folder" --output-on-failure -j "$jobs" -R "^(${layers// /|})\$"
