#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the static libraries that Debian does not package, for the static program of scripts/package.sh: simdjson,
# fmt, spdlog, libtiff (without JBIG, which is GPL), libde265 and libheif. The sources are Debian's, fetched with apt and
# checked by it. The other libraries (libpng, libjpeg-turbo, libwebp, ...) are the static ones of Debian's -dev packages.
# Usage: scripts/static_libraries.sh PREFIX      (PREFIX keeps sources and builds in PREFIX/src: a second run is short)
set -euo pipefail

if [[ $# -ne 1 || "$1" == -* ]]; then
  echo "usage: scripts/static_libraries.sh PREFIX" >&2
  [[ "${1:-}" == --help ]] && exit 0
  exit 2
fi
mkdir -p "$1/src/apt/lists/partial" "$1/src/apt/sources" "$1/licences"
prefix=$(cd "$1" && pwd)
cd "$prefix/src"

# Suites in the order in which they are asked: the first one that has a source serves it.
suites=(bookworm trixie)
for suite in "${suites[@]}"; do
  printf 'Types: deb-src\nURIs: http://deb.debian.org/debian\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
    "$suite" /usr/share/keyrings/debian-archive-keyring.gpg >"apt/sources/$suite.sources"
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
      # The newest description that was downloaded: a failed suite may have left an older one.
      description=$(ls -t "${name}"_*.dsc | head -1)
      dpkg-source --no-check -x "$description" "$name.new" >>fetch.log 2>&1 && mv "$name.new" "$name" && return 0
      rm -rf "$name.new"
    fi
  done
  echo "static_libraries.sh: no source of $name can be fetched; see $prefix/src/fetch.log" >&2
  return 1
}

# build NAME [OPTION...]: configures with CMake, builds and installs ./NAME, and keeps its licence.
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
  cp "$name/debian/copyright" "$prefix/licences/$name"
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
  build libheif -DENABLE_PLUGIN_LOADING=OFF -DWITH_EXAMPLES=OFF -DWITH_LIBDE265=ON -DWITH_X265=OFF -DWITH_DAV1D=OFF \
        -DWITH_AOM_ENCODER=OFF -DWITH_AOM_DECODER=OFF -DWITH_SvtEnc=OFF -DWITH_RAV1E=OFF -DWITH_LIBSHARPYUV=OFF
else
  echo "static_libraries.sh: HEIC is left out" >&2
fi
echo "static_libraries.sh: done, $prefix"
