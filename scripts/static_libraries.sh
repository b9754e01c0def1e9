#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the static libraries that Debian does not package, for the static program of scripts/package.sh: simdjson,
# fmt, spdlog, libtiff (without JBIG, which is GPL), libde265 and libheif. The sources are Debian's, fetched with apt and
# checked by it. The other libraries (libpng, libjpeg-turbo, libwebp, zlib, libzstd, ...) are the static ones of Debian's -dev packages.
# Usage: scripts/static_libraries.sh PREFIX      (PREFIX keeps sources and builds in PREFIX/src: a second run is short)
set -euo pipefail

if [[ "${1:-}" == --help ]]; then
  sed -n '3,7s/^# //p' "$0"
  exit 0
elif [[ $# -ne 1 || "$1" == -* ]]; then
  echo "usage: scripts/static_libraries.sh PREFIX" >&2
  exit 2
fi
mkdir -p "$1/src/apt/lists/partial" "$1/src/apt/sources"
prefix=$(cd "$1" && pwd)
cd "$prefix/src"

# Sources come from the mirror that apt uses here, of this release or, where it does not serve one, of a later one.
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
         awk -v codename="$codename" '$2 == codename && !found++ { print $1 }')
if [[ -z $mirror ]]; then
  echo "static_libraries.sh: apt has no source of $codename here; run this on Debian, after apt-get update" >&2
  exit 1
fi
suites=("$codename" trixie)
for suite in "${suites[@]}"; do
  printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
    "$mirror" "$suite" /usr/share/keyrings/debian-archive-keyring.gpg >"apt/sources/$suite.sources"
done
cat >apt/apt.conf <<CONF
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$PWD/apt/sources";
Dir::State::lists "$PWD/apt/lists";
CONF

# fetch NAME: unpacks a Debian source package to ./NAME. Fails when no suite serves it.
fetch() {
  local name=$1 suite description
  [[ -d $name ]] && return 0
  if [[ ! -e apt/updated ]]; then
    APT_CONFIG=apt/apt.conf apt-get update -qq && touch apt/updated
  fi
  for suite in "${suites[@]}"; do
    if APT_CONFIG=apt/apt.conf apt-get source --download-only -qq "$name/$suite" >>fetch.log 2>&1; then
      # A suite that failed may have left its description without the files that it names.
      for description in $(ls -rv "${name}"_*.dsc); do
        dpkg-source --no-check -x "$description" "$name.new" >>fetch.log 2>&1 && mv "$name.new" "$name" && return 0
      done
      rm -rf "$name.new"
    fi
  done
  echo "static_libraries.sh: no source of $name can be fetched; see $prefix/src/fetch.log" >&2
  return 1
}

# build NAME [OPTION...]: configures with CMake, builds and installs ./NAME.
build() {
  local name=$1
  shift
  [[ -e $name.done ]] && return 0
  echo "static_libraries.sh: building $name"
  cmake -S "$name" -B "$name-build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$prefix" \
        -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF \
        -DCMAKE_POSITION_INDEPENDENT_CODE=ON "$@" >"$name.log" 2>&1 &&
    cmake --build "$name-build" >>"$name.log" 2>&1 && cmake --install "$name-build" >>"$name.log" 2>&1 ||
    { tail -30 "$name.log" >&2; return 1; }
  touch "$name.done"
}

fetch simdjson
fetch fmtlib
fetch spdlog
fetch tiff
build simdjson -DSIMDJSON_DEVELOPER_MODE=OFF
build fmtlib -DFMT_TEST=OFF -DFMT_DOC=OFF
build spdlog -DSPDLOG_FMT_EXTERNAL=ON -DSPDLOG_BUILD_EXAMPLE=OFF -DSPDLOG_BUILD_TESTS=OFF
build tiff -Dtiff-tools=OFF -Dtiff-tests=OFF -Dtiff-contrib=OFF -Dtiff-docs=OFF -Djbig=OFF -Dlerc=OFF -Dlzma=ON \
      -Dzstd=ON -Dwebp=ON -Dlibdeflate=ON
if fetch libde265 && fetch libheif; then
  build libde265 -DENABLE_SDL=OFF -DENABLE_ENCODER=OFF
  # Its CMake build leaves the version out.
  sed -i "s/^Version: *$/Version: $(sed -n '1s/.*(\([0-9.]*\).*/\1/p' libde265/debian/changelog)/" \
    "$prefix/lib/pkgconfig/libde265.pc"
  build libheif -DENABLE_PLUGIN_LOADING=OFF -DWITH_EXAMPLES=OFF -DWITH_LIBDE265=ON -DWITH_X265=OFF -DWITH_DAV1D=OFF \
        -DWITH_AOM_ENCODER=OFF -DWITH_AOM_DECODER=OFF -DWITH_SvtEnc=OFF -DWITH_RAV1E=OFF -DWITH_LIBSHARPYUV=OFF
else
  echo "static_libraries.sh: HEIC is left out" >&2
fi
echo "static_libraries.sh: done, $prefix"
