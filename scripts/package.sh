#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the packages for distribution in dist/, and removes older ones there:
#   deb      for this Debian or Ubuntu release: its libraries are dependencies (made with cpack)
#   tarball  for any Linux of this processor: a static program and its data, which can be unpacked anywhere
#   wheel    the same program for `pip install`
# The static program contains its libraries and the C++ runtime. It does not read AVIF and has no openblas backend.
# Usage: scripts/package.sh [deb|tarball|wheel ...]      (without a name: all three)
# Environment: SOURCE_DATE_EPOCH (the time in the archives; the last commit's by default), CMAKE_CXX_COMPILER_LAUNCHER
# (ccache). Needs what scripts/setup.sh installs, and dpkg-dev; the static program needs Debian's sources
# (scripts/static_libraries.sh).
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=()
for argument in "$@"; do
  case "$argument" in
    -h | --help) sed -n '3,11s/^# //p' "$0"; exit 0 ;;
    deb|tarball|wheel) wanted+=("$argument") ;;
    *) echo "package.sh: unknown package '$argument'; usage: scripts/package.sh [deb|tarball|wheel ...]" >&2; exit 2 ;;
  esac
done
[[ ${#wanted[@]} -gt 0 ]] || wanted=(deb tarball wheel)
wants() { [[ " ${wanted[*]} " == *" $1 "* ]]; }

step() { printf '\n== %s (%s s)\n' "$1" "$SECONDS"; }
die() { echo "package.sh: $1" >&2; exit 1; }
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}"
machine=$(uname -m)
mkdir -p dist

# build FOLDER OPTION...: configures and builds the program in release mode; sets `version`.
build() {
  local folder=$1
  shift
  mkdir -p "$folder"
  cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSIGHTLINE_TESTS=OFF "$@" >"$folder/package.log" 2>&1 &&
    cmake --build "$folder" >>"$folder/package.log" 2>&1 ||
    { tail -40 "$folder/package.log" >&2; die "the build failed: $folder/package.log"; }
  version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$folder/CMakeCache.txt")
}

if wants deb; then
  step "Debian package"
  command -v dpkg-shlibdeps >/dev/null || die "dpkg-shlibdeps is required for the Debian package: apt-get install dpkg-dev"
  build build-deb -DCMAKE_INSTALL_PREFIX=/usr -DSIGHTLINE_WITH_AVIF=ON -DSIGHTLINE_WITH_HEIF=ON \
        -DSIGHTLINE_WITH_TIFF=ON -DSIGHTLINE_WITH_ZSTD=ON
  rm -rf build-deb/packages
  (cd build-deb && cpack -G DEB) >build-deb/cpack.log 2>&1 ||
    { tail -40 build-deb/cpack.log >&2; die "cpack failed: build-deb/cpack.log"; }
  rm -f dist/*.deb
  cp build-deb/packages/*.deb dist/
fi

if wants tarball || wants wheel; then
  step "static libraries"
  scripts/static_libraries.sh build-static-libraries
  step "static program"
  PKG_CONFIG_PATH="$PWD/build-static-libraries/lib/pkgconfig" \
    build build-static -DSIGHTLINE_STATIC=ON -DCMAKE_PREFIX_PATH="$PWD/build-static-libraries" \
          -DSIGHTLINE_WITH_TIFF=ON -DSIGHTLINE_WITH_ZSTD=ON
  name=sightline-$version-linux-$machine
  rm -rf "build-static/stage"
  cmake --install build-static --prefix "$PWD/build-static/stage/$name" --component program --strip >/dev/null
  if readelf -lW "build-static/stage/$name/bin/sightline" | grep -q INTERP; then
    die "the program is not static: it requires a dynamic loader"
  fi
fi

if wants tarball; then
  step "tarball"
  rm -f dist/*.tar.gz
  tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -C build-static/stage -cf - "$name" |
    gzip -9n >"dist/$name.tar.gz"
fi
if wants wheel; then
  step "wheel"
  rm -f dist/*.whl
  python3 scripts/make_wheel.py --prefix "build-static/stage/$name" --version "$version" --machine "$machine" \
          --output dist
fi
step "done"
ls -l dist
