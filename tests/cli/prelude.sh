# SPDX-License-Identifier: Apache-2.0
# Sourced before every case.

# expect STATUS COMMAND...: fails unless the command ends with exactly that status
expect() {
  local want=$1 got=0
  shift
  "$@" || got=$?
  [ "$got" = "$want" ] || { echo "expected status $want, actual $got: $*" >&2; exit 99; }
}

# reachable AS_USER: whether the program and its model are accessible; AS_USER is a command prefix such as runuser, or
# empty
reachable() {
  [ -z "$1" ] || $1 test -x "$(readlink -f "$(command -v sightline)")" -a -r "$SIGHTLINE_MODEL/vocab.json"
}

# skip REASON: the case cannot run here
skip() {
  echo "skipped: $*" >&2
  exit 77
}

# bounded SECONDS MEGABYTES COMMAND...: status 98 if the command exceeds a limit; MEGABYTES may be -
bounded() { python3 "$CLI/bounded.py" "$@"; }

npy() { python3 "$CLI/npy.py" "$@"; }

# copy_images: copies six valid images to ./photos
copy_images() {
  mkdir -p photos
  cp "$IMAGES"/*.jpg "$IMAGES"/*.png photos/
  chmod u+w photos/*
}

# installed: installs the program and its data in ./elsewhere, with the nano model as the demo model
installed() {
  mkdir -p elsewhere/data
  cp "$(readlink -f "$(command -v sightline)")" elsewhere/sightline
  cp -r "$DATA/vocab" "$DATA/templates" elsewhere/data
  cp -r "$MODELS/nano_quick_gelu" elsewhere/data/demo-model
  chmod -R u+w elsewhere
  PATH=$PWD/elsewhere:$PATH
}
