# SPDX-License-Identifier: Apache-2.0
# Read before every case.

# expect STATUS COMMAND...: the command ends with exactly that status
expect() {
  local want=$1 got=0
  shift
  "$@" || got=$?
  [ "$got" = "$want" ] || { echo "expected status $want, seen $got: $*" >&2; exit 99; }
}

# reachable AS_USER: whether the program and its model can be reached with that prefix of a command, empty for none
reachable() {
  [ -z "$1" ] || $1 test -x "$(readlink -f "$(command -v sightline)")" -a -r "$SIGHTLINE_MODEL/vocab.json"
}

# skip REASON: the case cannot run here
skip() {
  echo "skipped: $*" >&2
  exit 77
}

# bounded SECONDS MEGABYTES COMMAND...: status 98 when it takes more; MEGABYTES may be -
bounded() { python3 "$CLI/bounded.py" "$@"; }

npy() { python3 "$CLI/npy.py" "$@"; }

# pictures: six good ones in ./photos, in the order of their names
pictures() {
  mkdir -p photos
  cp "$PICTURES"/*.jpg "$PICTURES"/*.png photos/
  chmod u+w photos/*
}

# installed: the program and the data it ships with, in ./elsewhere; the nano model as its demo model
installed() {
  mkdir -p elsewhere/data
  cp "$(readlink -f "$(command -v sightline)")" elsewhere/sightline
  cp -r "$DATA/vocab" "$DATA/templates" elsewhere/data
  cp -r "$MODELS/nano_quick_gelu" elsewhere/data/demo-model
  chmod -R u+w elsewhere
  PATH=$PWD/elsewhere:$PATH
}
